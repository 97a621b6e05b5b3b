using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>Two actor systems of one name in one process.</summary>
[Collection(OneByOne.Name)]
public sealed class SameNameSpec
{
    [Fact]
    public async Task Each_system_serves_its_own_clients_after_the_other_has_ended()
    {
        var routes = RouteTable.Empty.Map("/", static _ => Reaction.Echo);
        await using var stays = await LoopbackServer.Start(_ => routes);
        await using (var ends = await LoopbackServer.Start(_ => routes))
        {
            Assert.Equal(stays.System.Name, ends.System.Name);
            await Echo(stays);
            await Echo(ends);
        }

        await Echo(stays);
    }

    private static async Task Echo(LoopbackServer server)
    {
        using var client = await server.Connect();
        await client.Send(Wire.Text("hi"));
        Assert.Equal("hi", (await client.ReadFrame()).Text);
    }
}
