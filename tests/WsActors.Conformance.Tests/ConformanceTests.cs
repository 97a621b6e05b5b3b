using WsActors.Conformance.Tests.Client;
using WsActors.Conformance.Tests.Server;

namespace WsActors.Conformance.Tests;

/// <summary>
/// Every case four times: by a server with a port of its own, by one in an ASP.NET Core app over HTTP/1.1 and over HTTP/2, all over real
/// sockets; and by the protocol core in the role of a client.
/// </summary>
public sealed class ConformanceTests(EchoServers servers, Scoreboard scoreboard) : IClassFixture<EchoServers>, IClassFixture<Scoreboard>
{
    public static TheoryData<string> EveryCase =>
        [.. Family.All.SelectMany(static family => family.Cases, static (_, one) => one.ToString())];

    [Theory]
    [MemberData(nameof(EveryCase))]
    public Task The_server_passes(string idAndName) => PassAsync(ServerKind.OwnPort, idAndName);

    [Theory]
    [MemberData(nameof(EveryCase))]
    public Task The_server_in_an_app_passes_over_HTTP_1_1(string idAndName) => PassAsync(ServerKind.AppHttp11, idAndName);

    [Theory]
    [MemberData(nameof(EveryCase))]
    public Task The_server_in_an_app_passes_over_HTTP_2(string idAndName) => PassAsync(ServerKind.AppHttp2, idAndName);

    [Theory]
    [MemberData(nameof(EveryCase))]
    public async Task The_core_passes_as_a_client(string idAndName)
    {
        var asked = Family.Find(idAndName);
        using var peer = new CorePeer(asked.Limits, asked.Deflate?.ForCore);
        await asked.Examine(peer, isBrief: false);
        scoreboard.ClientPassed(asked);
    }

    private async Task PassAsync(ServerKind kind, string idAndName)
    {
        var asked = Family.Find(idAndName);
        await servers.Examine(kind, asked);
        scoreboard.ServerPassed(kind, asked);
    }
}
