using System.Security.Cryptography.X509Certificates;
using System.Text;
using WsActors.Benchmarks.Load.Modes;

namespace WsActors.Benchmarks.Load;

/// <summary>One load from beginning to end, on the thread that runs it.</summary>
internal sealed class LoadRun : IDisposable
{
    private const int MostDialled = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LoadConnection[] _connections;

    public LoadRun(LoadOptions options)
    {
        Options = options;
        Message = new LoadMessage(options.Size, options.IsBinary, options.IsCompressed);
        Mode = LoadMode.Of(this);
        Trusted = options.Certificate is { } file ? X509CertificateLoader.LoadCertificateFromFile(file) : null;
        Request = options.IsHttp2 ? Http2Layer.RequestFor(options.Path) : Encoding.ASCII.GetBytes(
            $"GET {options.Path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + (options.IsCompressed
                ? "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n\r\n"
                : "\r\n"));
        _connections = [.. Enumerable.Range(0, options.Connections).Select(i => new LoadConnection(this, i))];
    }

    public LoadOptions Options { get; }

    public LoadMessage Message { get; }

    public LoadMode Mode { get; }

    public byte[] Request { get; }

    /// <summary>The trusted certificate of the server; null without TLS.</summary>
    public X509Certificate2? Trusted { get; }

    public Poll Poll { get; } = new();

    /// <summary>The read buffer, shared by all connections.</summary>
    public byte[] Buffer { get; } = new byte[256 * 1024];

    public Histogram Times { get; } = new();

    /// <summary>The number of WebSockets opened so far.</summary>
    public int Opened { get; set; }

    /// <summary>The counters since the start of the measurement.</summary>
    public long Done { get; set; }

    public long Errors { get; set; }

    public IReadOnlyList<LoadConnection> Connections => _connections;

    /// <param name="onOpen">Called once all connections are open.</param>
    /// <param name="cancellation">Ends it before its time.</param>
    /// <exception cref="LoadException">The server violates the load's expectation.</exception>
    public LoadResult Run(Action onOpen, CancellationToken cancellation)
    {
        var opening = Clock.Now;
        Open(opening, cancellation);
        var open = Clock.Now;
        onOpen();
        Mode.OnAllOpen(open);
        Until(open + Mode.Settling + Nanoseconds(Options.WarmUp), cancellation);

        (Done, var serverBefore, var ownBefore, var began) =
            (0, ProcessUse.Of(Options.Servers), ProcessUse.Of(Environment.ProcessId), Clock.Now);
        Times.Clear();
        Until(began + Nanoseconds(Options.Duration), cancellation);

        var seconds = (double)(Clock.Now - began) / Clock.Second;
        var server = ProcessUse.Of(Options.Servers);
        var own = ProcessUse.Of(Environment.ProcessId);
        return new LoadResult
        {
            Kind = Options.Kind,
            OpenedPerSecond = _connections.Length * (double)Clock.Second / (open - opening),
            PerSecond = Done / seconds,
            P50 = Times.Percentile(0.5) / 1000.0,
            P99 = Times.Percentile(0.99) / 1000.0,
            P999 = Times.Percentile(0.999) / 1000.0,
            ServerCpu = Done == 0 ? 0 : (server.Processor - serverBefore.Processor).TotalMicroseconds / Done,
            ServerMemory = server.Memory / 1e6,
            LoadBusy = (own.Processor - ownBefore.Processor).TotalSeconds / seconds,
            Errors = Errors,
        };
    }

    public void Dispose()
    {
        Array.ForEach(_connections, static connection => connection.Dispose());
        Trusted?.Dispose();
        Poll.Dispose();
    }

    private static long Nanoseconds(TimeSpan time) => (long)time.TotalNanoseconds;

    // Some at a time, so that no burst is turned away.
    private void Open(long now, CancellationToken cancellation)
    {
        var deadline = now + Nanoseconds(Patience);
        for (var dialled = 0; Opened < _connections.Length;)
        {
            while (dialled < _connections.Length && dialled - Opened < MostDialled)
            {
                _connections[dialled++].Dial();
            }

            Turn(now + Clock.Millisecond, cancellation);
            now = Clock.Now;
            if (now > deadline || Errors > 0)
            {
                throw new LoadException(
                    $"Only {Opened} of {_connections.Length} connections opened at port {string.Join(", ", Options.Ports)}.");
            }
        }
    }

    private void Until(long end, CancellationToken cancellation)
    {
        for (var now = Clock.Now; now < end; now = Clock.Now)
        {
            Turn(Math.Min(end, Mode.Act(now)), cancellation);
        }
    }

    /// <summary>Waits for sockets until something else is due, and serves them.</summary>
    private void Turn(long due, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();

        // epoll waits whole milliseconds; shorter waits spin.
        var milliseconds = Math.Clamp((due - Clock.Now) / Clock.Millisecond, 0, 100);
        var ready = Poll.Wait((int)milliseconds);
        for (var i = 0; i < ready; i++)
        {
            var (index, events) = Poll.Ready(i);
            _connections[index].OnReady(events);
        }
    }
}
