using Akka.Actor;
using Akka.Event;

namespace WsActors.Tests;

/// <summary>Without <c>admin.allow-tap</c> no connection can be tapped.</summary>
public sealed class TapOffSpec : WebSocketSpec
{
    [Fact]
    public void A_tap_is_refused_by_default_and_the_refusal_is_logged()
    {
        var kit = Serve();
        var client = kit.Connect();
        var log = CreateTestProbe();
        Sys.EventStream.Subscribe(log.Ref, typeof(Info));

        kit.Manager.Tell(new Ws.Tap(client.Connection) { Who = "eve" }, TestActor);

        const string Reason = "Taps are off: ws-actors.admin.allow-tap of the connection's node allows them.";
        Assert.Equal(Reason, ExpectMsg<Status.Failure>().Cause.Message);
        Assert.Equal(
            $"A tap of {client.Connection.Path.Name} was refused to {TestActor.Path} (eve): {Reason}",
            $"{log.FishForMessage<Info>(static info => $"{info.Message}".StartsWith("A tap", StringComparison.Ordinal)).Message}");
    }
}
