using WsActors.Protocol.Messages;

namespace WsActors.Conformance.Tests.Server;

/// <summary>One server for each set of limits that a case asks for, started when the first one does. For one test at a time.</summary>
public sealed class EchoServers : IAsyncLifetime
{
    private readonly Dictionary<MessageLimits, EchoServer> _servers = [];

    internal async Task<EchoServer> With(MessageLimits limits)
    {
        if (!_servers.TryGetValue(limits, out var server))
        {
            server = await EchoServer.Start(limits);
            _servers.Add(limits, server);
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
