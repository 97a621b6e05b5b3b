using System.Net;
using System.Net.Sockets;
using System.Text;
using WsActors.Tests.Loopback;

namespace WsActors.EndToEnd.Tests;

/// <summary>Thousands of clients that are a socket each, and hold nothing else.</summary>
internal sealed class Crowd : IDisposable
{
    private const int AtOnce = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Socket[] _sockets;

    private Crowd(int count) => _sockets = new Socket[count];

    /// <summary>Connects, and sends a few bytes at most.</summary>
    public static Task<Crowd> DialAsync(int port, int count, byte[]? said = null) =>
        MakeAsync(port, count, async (socket, cancellation) => await socket.SendAsync(said ?? [], cancellation));

    /// <summary>Connects, and opens a WebSocket each.</summary>
    public static Task<Crowd> OpenAsync(int port, int count, string path = "/echo", string headers = "")
    {
        var request = Wire.Request(path, headers);
        return MakeAsync(port, count, async (socket, cancellation) =>
        {
            await socket.SendAsync(request, cancellation);
            Assert.StartsWith("HTTP/1.1 101 ", Encoding.ASCII.GetString(await ReadAsync(socket, cancellation)), StringComparison.Ordinal);
        });
    }

    /// <summary>Does something with every client, a few at a time.</summary>
    public Task EachAsync(Func<Socket, CancellationToken, Task> act, int atOnce = AtOnce) => EachAsync(_sockets, act, atOnce);

    /// <summary>Each sends a request, and checks the beginning of the response.</summary>
    public Task AskAsync(byte[] said, byte[] answer) => EachAsync(async (socket, cancellation) =>
    {
        await socket.SendAsync(said, cancellation);
        await ExpectAsync(socket, answer, cancellation);
    });

    /// <summary>Expects the next message of each client by its prefix.</summary>
    public Task ExpectAsync(byte[] start) => EachAsync((socket, cancellation) => ExpectAsync(socket, start, cancellation));

    public void Dispose() => Array.ForEach(_sockets, static socket => socket?.Dispose());

    private static async Task<Crowd> MakeAsync(int port, int count, Func<Socket, CancellationToken, Task> greet)
    {
        var crowd = new Crowd(count);
        await EachAsync(Enumerable.Range(0, count), async (i, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            crowd._sockets[i] = socket;
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
            await greet(socket, cancellation);
        });
        return crowd;
    }

    private static async Task ExpectAsync(Socket socket, byte[] start, CancellationToken cancellation)
    {
        var answer = await ReadAsync(socket, cancellation);
        Assert.True(answer.AsSpan().StartsWith(start), $"{Convert.ToHexString(answer)} came, and not {Convert.ToHexString(start)}.");
    }

    /// <summary>One read of the socket: responses below 4 KiB are sent and received whole.</summary>
    private static async Task<byte[]> ReadAsync(Socket socket, CancellationToken cancellation)
    {
        var answer = new byte[4 * 1024];
        return answer[..await socket.ReceiveAsync(answer, cancellation)];
    }

    private static async Task EachAsync<T>(IEnumerable<T> all, Func<T, CancellationToken, Task> act, int atOnce = AtOnce)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await Parallel.ForEachAsync(
            all,
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = deadline.Token },
            async (one, cancellation) => await act(one, cancellation));
    }
}
