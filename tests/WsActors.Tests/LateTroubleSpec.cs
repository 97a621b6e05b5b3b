using System.Net;
using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Tests;

/// <summary>Failures of a connection or an endpoint that is already closing.</summary>
public sealed class LateTroubleSpec : WebSocketSpec
{
    [Fact]
    public void A_failure_after_the_close_frame_sends_no_second_one_and_keeps_its_code()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();
        Handler.Tell(new Ws.Close(4001));
        client.ExpectClose(4001);

        client.Connection.Tell(Kill.Instance, TestActor);

        client.ExpectEnd();
        Assert.False(Handler.ExpectClosed(4001).WasClean);
    }

    [Fact]
    public void A_close_whose_answer_was_not_sent_is_not_clean()
    {
        var kit = Serve();
        var client = kit.Connect();
        Handler.ExpectOpened();
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text("stuck"));
        kit.AwaitIdle();

        client.SendClose();
        kit.Advance(Seconds(30));

        client.Socket.ExpectReset();
        Assert.False(Handler.ExpectClosed(1000).WasClean);
    }

    [Fact]
    public void A_late_silent_socket_does_not_delay_an_unbind()
    {
        var kit = Serve();
        var client = kit.Connect();
        Handler.ExpectOpened();
        kit.Manager.Tell(new Ws.Unbind(new IPEndPoint(IPAddress.Loopback, 8080)), TestActor);
        client.ExpectClose(1001);
        kit.Dial();

        client.SendClose(1001);
        client.Socket.ExpectStopped();

        ExpectMsg<Ws.Unbound>();
    }

    [Fact]
    public void A_bind_whose_byte_source_has_stopped_fails_and_does_not_block_the_next()
    {
        var kit = Serve();
        var gone = CreateTestProbe().Ref;
        Sys.Stop(gone);

        kit.Manager.Tell(new Ws.Bind("ws://127.0.0.1:9", RouteTable.Empty) { Source = gone }, TestActor);
        kit.Manager.Tell(new Ws.Bind("ws://127.0.0.1:0", RouteTable.Empty), TestActor);

        Assert.Contains("the byte source has stopped", ExpectMsg<Ws.BindFailed>().Reason, StringComparison.Ordinal);
        ExpectMsg<Ws.Bound>();
    }
}
