using WsActors.Protocol.Messages;

namespace WsActors.Conformance.Tests.Server;

/// <summary>One server for each set of options that a case asks for, started when the first one does. For one test at a time.</summary>
public sealed class EchoServers : IAsyncLifetime
{
    private readonly Dictionary<(MessageLimits, MessageCompression), EchoServer> _servers = [];

    internal async Task<EchoServer> With(MessageLimits limits, MessageCompression compression)
    {
        if (!_servers.TryGetValue((limits, compression), out var server))
        {
            server = await EchoServer.Start(limits, compression);
            _servers.Add((limits, compression), server);
        }

        return server;
    }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }
    }
}
