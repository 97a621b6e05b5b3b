namespace WsActors.EndToEnd.Tests.Samples;

/// <summary>The broadcast, as its clients see it.</summary>
public sealed class BroadcastSpec : SamplesSpec
{
    [Fact]
    public void A_message_is_forwarded_unchanged_to_all_members_including_the_sender()
    {
        var (one, other) = (Kit.Connect("/broadcast/news"), Kit.Connect("/broadcast/news"));
        Kit.AwaitIdle();

        one.SendBinary([1, 2, 3]);

        Assert.Equal([1, 2, 3], one.ExpectBinary());
        Assert.Equal([1, 2, 3], other.ExpectBinary());
    }

    [Fact]
    public void Another_topic_gets_no_message()
    {
        var (one, elsewhere) = (Kit.Connect("/broadcast/news"), Kit.Connect("/broadcast/sports"));

        one.SendText("hi");

        one.ExpectText("hi");
        elsewhere.ExpectNothing();
    }

    [Fact]
    public void A_message_sent_before_the_join_waits_for_it()
    {
        var only = Kit.Dial();
        only.RequestUpgrade("/broadcast/news");
        only.SendText("early");

        only.ExpectUpgrade();
        only.ExpectText("early");
    }

    [Fact]
    public void A_topic_whose_name_is_too_long_is_closed_with_1008()
    {
        var client = Kit.Connect("/broadcast/" + new string('x', 256));

        client.ExpectClose(1008);
    }
}
