namespace WsActors.EndToEnd.Tests.Samples;

/// <summary>The broadcast, as its clients see it.</summary>
public sealed class BroadcastSpec : SamplesSpec
{
    [Fact]
    public void A_message_goes_unchanged_to_everyone_of_the_topic_the_sender_included()
    {
        var (one, other) = (Kit.Connect("/broadcast/news"), Kit.Connect("/broadcast/news"));
        Kit.Settle();
        Settle();

        one.SendBinary([1, 2, 3]);

        Assert.Equal([1, 2, 3], one.ExpectBinary());
        Assert.Equal([1, 2, 3], other.ExpectBinary());
    }

    [Fact]
    public void Another_topic_hears_nothing()
    {
        var (one, elsewhere) = (Kit.Connect("/broadcast/news"), Kit.Connect("/broadcast/sports"));

        one.SendText("hi");

        one.ExpectText("hi");
        elsewhere.ExpectNothing();
    }

    [Fact]
    public void An_empty_topic_stops()
    {
        var only = Kit.Connect("/broadcast/news");

        only.SendClose();
        only.Socket.ExpectStopped();

        AwaitCondition(() => ChildrenOf(BroadcastHub) == 0);
    }

    /// <summary>A join goes by the hub to the topic: it has arrived when a question behind it is answered.</summary>
    private void Settle()
    {
        BroadcastHub.Tell(new Server.Samples.Hub.Pass("news", new Akka.Actor.Identify(null)), TestActor);
        ExpectMsg<Akka.Actor.ActorIdentity>();
    }
}
