using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WsActors.EndToEnd.Tests;

/// <summary>The way to a server, which the test can cut, close, and turn to another server: what a network and a balancer are to a client.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    private readonly ConcurrentDictionary<TcpClient, TcpClient> _pairs = [];

    private readonly Task _accepting;

    /// <summary>Whereto; 0 for nowhere.</summary>
    private volatile int _port;

    public Relay(ServerProcess server)
    {
        _port = server.Port;
        _listener.Start();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/"));
        _accepting = AcceptAsync();
    }

    /// <summary>Its own.</summary>
    public Uri Address { get; }

    /// <summary>Who comes from now on gets to that server.</summary>
    public void TurnTo(ServerProcess server) => _port = server.Port;

    /// <summary>Who comes from now on is turned away, until there is a server again.</summary>
    public void Close() => _port = 0;

    /// <summary>Resets all connections; what is on its way is lost, in both directions.</summary>
    public void Cut()
    {
        foreach (var (client, server) in _pairs)
        {
            Reset(client);
            Reset(server);
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
                _ = PassOnAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassOnAsync(TcpClient client)
    {
        using var _ = client;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _port);
            (client.NoDelay, server.NoDelay) = (true, true);
            _pairs.TryAdd(client, server);
            await Task.WhenAll(PassOnAsync(client, server), PassOnAsync(server, client));
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            Reset(client); // It is nowhere, or was cut, or its server was killed.
        }
        finally
        {
            _pairs.TryRemove(client, out var _);
        }
    }

    private static async Task PassOnAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // The other direction has nothing to wait for any more.
            Reset(from);
            Reset(to);
            throw;
        }
    }

    private static void Reset(TcpClient client)
    {
        client.Client?.Close(timeout: 0); // null: it is closed already
    }
}
