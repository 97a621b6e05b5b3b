using System.Globalization;
using WsActors.Routing;
using WsActors.Tests.Loopback;

namespace WsActors.Tests;

/// <summary>A burst of messages to a connection, before any of them is written.</summary>
public sealed class BurstSpec : WebSocketSpec
{
    [Fact]
    public void A_burst_of_one_key_larger_than_the_queue_ends_with_the_last_value()
    {
        const string Route = "/burst";
        var client = Serve(RouteTable.Empty.MapShared(Route, Handler.Ref), static options => options with
        {
            SendQueue = options.SendQueue with { MaxBytes = 20_000 },
        }).Connect(Route);
        Handler.ExpectOpened();
        Handler.IgnoreCongestion();
        using var isTold = new ManualResetEventSlim();
        using (new MeterTap("wsactors.io", Route, _ => isTold.Wait(Eventually.Patience), "receive"))
        {
            // The connection handles nothing until all are told.
            client.SendText("begin");
            for (var i = 0; i < 60; i++)
            {
                Handler.Tell(Ws.Send.Text($"{i}".PadRight(500)) with { Overflow = Ws.OverflowPolicy.Conflate("price") });
            }

            isTold.Set();
            Handler.ExpectText("begin");
        }

        var last = -1;
        while (last < 59)
        {
            var next = int.Parse(client.ExpectAnyText(), CultureInfo.InvariantCulture);
            Assert.InRange(next, last + 1, 59);
            last = next;
        }

        client.ExpectNothing();
    }
}
