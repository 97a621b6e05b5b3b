using Akka.Dispatch;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>A handler that lags behind its client: reading stops, no message is lost, no connection is closed.</summary>
[Collection(OneByOne.Name)]
public sealed class LaggingHandlerSpec
{
    private const string Route = "/lagging";

    private const long Endless = 96 * 1024 * 1024;

    [Fact]
    public async Task R19_Reading_stops_while_the_handler_lags_and_all_messages_are_echoed_afterwards()
    {
        using var free = new SemaphoreSlim(0);
        long toldToHandler = 0;
        using var tap = new MeterTap("wsactors.io", Route, bytes => Interlocked.Add(ref toldToHandler, bytes), "receive");
        await using var server = await LoopbackServer.Start(_ => RouteTable.Empty.Map(Route, _ => Reaction.PropsFor(happened =>
        {
            if (happened is Ws.Received)
            {
                free.Wait(Eventually.Patience);
            }

            Reaction.EchoBack(happened);
        }).WithDispatcher(Dispatchers.DefaultDispatcherId)));
        using var client = await server.Connect(Route);
        var frame = Wire.Binary(new byte[10_000]);
        var pushed = await client.PushUntilStuck(frame, Endless);
        Assert.InRange(Volatile.Read(ref toldToHandler), 1, 1024 * 1024);

        free.Release(int.MaxValue);
        var sending = client.Send(frame.AsMemory((int)(pushed % frame.Length)));
        for (var i = 0; i <= pushed / frame.Length; i++)
        {
            var echo = await client.ReadFrame();
            Assert.True(echo.Payload.Length == 10_000, $"Message {i} came back as {echo.Opcode} \"{echo.Text}\".");
        }

        await sending;
    }
}
