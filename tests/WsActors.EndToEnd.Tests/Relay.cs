using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace WsActors.EndToEnd.Tests;

/// <summary>
/// A relay to servers, which a test can cut, close, and direct to others: the network and the balancer of a client. Each connection uses
/// the next port in rotation, and stays there.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    private readonly ConcurrentDictionary<Socket, Socket> _pairs = [];

    private readonly Func<Action<ReadOnlyMemory<byte>>>? _listening;

    private readonly BadNetwork? _badNetwork;

    private readonly Task _accepting;

    private ImmutableList<int> _ports;

    private int _next;

    /// <param name="ports">The target ports.</param>
    /// <param name="listening">Makes a listener to the server's bytes for each connection.</param>
    public Relay(IEnumerable<int> ports, Func<Action<ReadOnlyMemory<byte>>>? listening = null)
    {
        (_ports, _listening) = ([.. ports], listening);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <param name="server">The server.</param>
    /// <param name="badNetwork">What happens to the frames of WebSockets; null for nothing.</param>
    public Relay(ServerProcess server, BadNetwork? badNetwork = null)
        : this([server.Port]) =>
        _badNetwork = badNetwork;

    /// <summary>Its own.</summary>
    public Uri Address => new($"http://{_listener.LocalEndpoint}/");

    /// <summary>Puts a port into rotation.</summary>
    public void Add(int port) => ImmutableInterlocked.Update(ref _ports, all => all.Add(port));

    /// <summary>Takes a port out of rotation: connections that it has stay.</summary>
    public void Remove(int port) => ImmutableInterlocked.Update(ref _ports, all => all.Remove(port));

    /// <summary>Directs later connections to a server.</summary>
    public void TurnTo(ServerProcess server) => _ports = [server.Port];

    /// <summary>Refuses later connections until there is a server again.</summary>
    public void Close() => _ports = [];

    /// <summary>Resets all connections; bytes in flight are lost in both directions.</summary>
    public void Cut()
    {
        foreach (var (client, server) in _pairs)
        {
            Reset(client, server);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It is disposed of.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var _ = client;
        using var server = await DialAsync();
        if (server is null)
        {
            Reset(client); // No server listens.
            return;
        }

        client.NoDelay = true;
        _pairs.TryAdd(client, server);
        await Task.WhenAll(PassAsync(client, server, null, _badNetwork), PassAsync(server, client, _listening?.Invoke(), _badNetwork));
        _pairs.TryRemove(client, out var _);
    }

    private async Task<Socket?> DialAsync()
    {
        var ports = _ports;
        for (var attempt = 0; attempt < ports.Count; attempt++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, ports[(int)((uint)Interlocked.Increment(ref _next) % ports.Count)]);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }

        return null;
    }

    /// <summary>The bytes of one direction, up to their end, which is passed on in its form: a half-close, or a reset.</summary>
    private static async Task PassAsync(Socket from, Socket to, Action<ReadOnlyMemory<byte>>? hear, BadNetwork? badNetwork)
    {
        var buffer = new byte[16 * 1024];
        var frames = badNetwork?.SplitFrames();
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                hear?.Invoke(buffer.AsMemory(0, count));
                if (frames is not null)
                {
                    await frames.PassAsync(buffer.AsMemory(0, count), bytes => SendAsync(to, bytes));
                    continue;
                }

                await SendAsync(to, buffer.AsMemory(0, count));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was cut, or one end was killed: the other direction has nothing to wait for any more.
            Reset(from, to);
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await to.SendAsync(bytes)..];
        }
    }

    private static void Reset(params ReadOnlySpan<Socket> sockets)
    {
        foreach (var socket in sockets)
        {
            socket.Close(timeout: 0);
        }
    }
}
