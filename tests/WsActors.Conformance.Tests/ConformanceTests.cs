using WsActors.Conformance.Tests.Client;
using WsActors.Conformance.Tests.Server;

namespace WsActors.Conformance.Tests;

/// <summary>Every case twice: by a server over a real socket, and by the protocol core in the role of a client.</summary>
public sealed class ConformanceTests(EchoServers servers, Scoreboard scoreboard) : IClassFixture<EchoServers>, IClassFixture<Scoreboard>
{
    public static TheoryData<string> EveryCase =>
        [.. Family.All.SelectMany(static family => family.Cases, static (_, one) => one.ToString())];

    [Theory]
    [MemberData(nameof(EveryCase))]
    public async Task The_server_passes(string idAndName)
    {
        var asked = Family.Find(idAndName);
        var server = await servers.With(asked.Limits, asked.Deflate?.Mode ?? MessageCompression.Off);
        using var peer = await SocketPeer.Connect(server.EndPoint, asked.Deflate?.Offers);
        await asked.Examine(peer);
        scoreboard.ServerPassed(asked);
    }

    [Theory]
    [MemberData(nameof(EveryCase))]
    public async Task The_core_passes_as_a_client(string idAndName)
    {
        var asked = Family.Find(idAndName);
        using var peer = new CorePeer(asked.Limits, asked.Deflate?.ForCore);
        await asked.Examine(peer);
        scoreboard.ClientPassed(asked);
    }
}
