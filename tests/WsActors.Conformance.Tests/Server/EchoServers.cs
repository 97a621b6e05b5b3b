using System.Collections.Concurrent;
using WsActors.Conformance.Tests.Script;

namespace WsActors.Conformance.Tests.Server;

/// <summary>One server for each kind and each set of options that a case asks for, started when the first one does.</summary>
public sealed class EchoServers : IAsyncLifetime
{
    private readonly ConcurrentDictionary<(ServerKind, EchoOptions), Lazy<Task<IEchoServer>>> _servers = [];

    private readonly OverlappedCases _overHttp11;

    public EchoServers() => _overHttp11 = new OverlappedCases(one => Examine(one, ServerKind.AppHttp11));

    /// <summary>Puts a case to a server. For one test at a time.</summary>
    internal Task Examine(ServerKind kind, Row asked) =>
        kind == ServerKind.AppHttp11 ? _overHttp11.Examine(asked) : Examine(asked, kind);

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync()
    {
        await _overHttp11.WhenAllEnded();
        foreach (var server in _servers.Values)
        {
            await (await server.Value).DisposeAsync();
        }
    }

    // Any thread.
    private async Task Examine(Row asked, ServerKind kind)
    {
        var options = new EchoOptions(asked.Limits, asked.Deflate?.Mode ?? MessageCompression.Off);
        var server = await _servers.GetOrAdd((kind, options), static key => new(() => Start(key.Item1, key.Item2))).Value;
        using var peer = await server.Connect(asked.Deflate?.Offers);
        await asked.Examine(peer, isBrief: kind != ServerKind.OwnPort);
    }

    private static Task<IEchoServer> Start(ServerKind kind, EchoOptions options) => kind switch
    {
        ServerKind.OwnPort => EchoServer.Start(options),
        _ => AppServer.Start(options, isHttp2: kind == ServerKind.AppHttp2),
    };
}
