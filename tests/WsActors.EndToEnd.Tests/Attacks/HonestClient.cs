using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using WsActors.Tests.Loopback;

namespace WsActors.EndToEnd.Tests.Attacks;

/// <summary>
/// An honest client: it repeatedly sends a message, and measures the time to its echo, on its own thread, so that it waits for the server
/// and not for the attackers' tasks.
/// </summary>
internal sealed class HonestClient : IDisposable
{
    private const int PatienceInMilliseconds = 30_000;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    private static readonly byte[] Word = Wire.Text("hello");

    private readonly ManualResetEventSlim _ends = new();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
        ReceiveTimeout = PatienceInMilliseconds,
    };

    private readonly Thread _thread;

    private readonly Lock _lock = new();

    private List<TimeSpan> _times = [];

    private Exception? _failure;

    public HonestClient(int port)
    {
        _socket.Connect(IPAddress.Loopback, port);
        _socket.Send(Wire.Request("/echo"));
        Expect("HTTP/1.1 101 "u8);
        _thread = new Thread(EchoOnAndOn) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The number of echoes since the times were last taken.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _failure is null ? _times.Count : throw new InvalidOperationException("The honest client lost its echo.", _failure);
            }
        }
    }

    /// <summary>The round-trip times of the echoes since the times were last taken.</summary>
    public IReadOnlyList<TimeSpan> TakeTimes()
    {
        lock (_lock)
        {
            return Interlocked.Exchange(ref _times, []);
        }
    }

    public void Dispose()
    {
        _ends.Set();
        _thread.Join();
        _socket.Dispose();
        _ends.Dispose();
    }

    private void EchoOnAndOn()
    {
        try
        {
            while (!_ends.Wait(Pace))
            {
                var started = Stopwatch.GetTimestamp();
                _socket.Send(Word);
                Expect([0x81, 5, .. "hello"u8]);
                lock (_lock)
                {
                    _times.Add(Stopwatch.GetElapsedTime(started));
                }
            }
        }
        catch (Exception e)
        {
            lock (_lock)
            {
                _failure = e;
            }
        }
    }

    private void Expect(ReadOnlySpan<byte> start)
    {
        Span<byte> answer = stackalloc byte[1024];
        var count = _socket.Receive(answer);
        Assert.True(answer[..count].StartsWith(start), Convert.ToHexString(answer[..count]));
    }
}
