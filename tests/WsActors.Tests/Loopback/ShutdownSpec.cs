using Akka.Actor;
using Akka.Event;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>The end of a system with people in it.</summary>
[Collection(OneByOne.Name)]
public sealed class ShutdownSpec
{
    private const int Clients = 200;

    private const int Silent = 5;

    private readonly Tally _tally = new();

    // Silent clients end by the close timeout of their connections, or by the deadline of the drain, whichever is first.
    [Theory]
    [InlineData(5)]
    [InlineData(86_400)]
    public async Task Two_hundred_clients_are_closed_with_1012_and_five_silent_ones_delay_none(int closeTimeoutSeconds)
    {
        var time = new ManualTime();
        await using var server = await LoopbackServer.Start(
            system => RouteTable.Empty
                .MapShared("/shared", system.ActorOf(ObedientHandler.PropsFor(_tally)))
                .Map("/own", _ => ObedientHandler.PropsFor(_tally)),
            options => options with { CloseTimeout = TimeSpan.FromSeconds(closeTimeoutSeconds) },
            config: "akka.coordinated-shutdown.phases.before-service-unbind.timeout = 60s",
            time: time);
        var clients = new List<RawClient>();
        for (var i = 0; i < Clients; i++)
        {
            clients.Add(await server.Connect(i % 2 == 0 ? "/own" : "/shared"));
        }

        var shutdown = CoordinatedShutdown.Get(server.System).Run(CoordinatedShutdown.ClrExitReason.Instance);
        await Task.WhenAll(clients.Select((client, i) => Leave(client, isSilent: i < Silent)));

        Assert.False(shutdown.IsCompleted, "The silent clients were not waited for.");
        await Eventually.Holds(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return shutdown.IsCompleted;
            },
            () => "The shutdown goes on.");
        await shutdown;
        await server.System.WhenTerminated.WaitAsync(Eventually.Patience);

        // A phase that does not end in time is a warning.
        Assert.DoesNotContain(server.Log, static line => line is Warning or Error);
        Assert.Equal(Clients, _tally.Opened);
        Assert.True(_tally.Codes.Count(static code => code == 1012) >= Clients - Silent, _tally.ToString());
        Assert.Equal(0, server.WebSockets.RentedBuffers);
        await Task.WhenAll(clients.Take(Silent).Select(static client => client.ReadToAnyEnd()));
        clients.ForEach(static client => client.Dispose());
    }

    private static async Task Leave(RawClient client, bool isSilent)
    {
        Assert.Equal(1012, await client.ReadClose());
        if (!isSilent)
        {
            await client.Send(Wire.Close(1012));
            await client.ReadEnd();
            client.Dispose();
        }
    }
}
