using System.Net;
using System.Net.Sockets;

namespace WsActors.Client.Tests;

/// <summary>A server behind a relay, which records the server's bytes to its only client.</summary>
internal sealed class Overheard : IServer
{
    private readonly IServer _server;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    private readonly List<byte> _sent = [];

    private readonly Task _relaying;

    public Overheard(IServer server)
    {
        _server = server;
        _listener.Start();
        _relaying = RelayAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Everything that the server has sent so far, its response head first.</summary>
    public byte[] Sent
    {
        get
        {
            lock (_sent)
            {
                return [.. _sent];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _server.DisposeAsync();
        await _relaying.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private async Task RelayAsync()
    {
        using var client = await _listener.AcceptTcpClientAsync();
        using var server = new TcpClient { NoDelay = true };
        await server.ConnectAsync(IPAddress.Loopback, _server.Port);
        client.NoDelay = true;
        await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), OverhearAsync(server.GetStream(), client.GetStream()));
    }

    private async Task OverhearAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[4096];
        int count;
        while ((count = await from.ReadAsync(buffer)) > 0)
        {
            lock (_sent)
            {
                _sent.AddRange(buffer.AsSpan(0, count));
            }

            await to.WriteAsync(buffer.AsMemory(0, count));
        }
    }
}
