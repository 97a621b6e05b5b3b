using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Messages;

namespace WsActors.Tests.Sessions;

/// <summary>What is delivered to a session by its id is logged exactly once, however often it is told.</summary>
public sealed class DeliverSpec : SessionSpec
{
    public DeliverSpec()
        : base("max-publishers = 2, retention = 30s")
    {
    }

    [Fact]
    public void A_message_told_twice_is_logged_once()
    {
        var client = Begin();

        Deliver(client, 1, "one");
        ExpectMsg<Ws.Delivered>();
        Deliver(client, 1, "one");
        Assert.Equal(new Ws.Delivered(client.SessionId, "p", 1), ExpectMsg<Ws.Delivered>());
        Deliver(client, 2, "two");
        ExpectMsg<Ws.Delivered>();

        client.Expect("one");
        client.Expect("two");
        client.ExpectNothing();
    }

    [Fact]
    public void What_comes_before_its_turn_is_not_taken_and_its_turn_is_told()
    {
        var client = Begin();
        Deliver(client, 2, "two");
        Assert.Equal(new Ws.SequenceExpected(client.SessionId, "p", 1), ExpectMsg<Ws.SequenceExpected>());

        Deliver(client, 1, "one");
        Deliver(client, 2, "two");

        client.Expect("one");
        client.Expect("two");
    }

    [Fact]
    public void Each_publisher_counts_by_itself_and_so_many_are_known()
    {
        var client = Begin();
        Deliver(client, 1, "one", "p");
        Deliver(client, 1, "eins", "q");
        ExpectMsg<Ws.Delivered>();
        ExpectMsg<Ws.Delivered>();

        Deliver(client, 1, "un", "r");
        Assert.Contains("ws-actors.sessions.max-publishers", ExpectMsg<Ws.DeliverFailed>().Reason, StringComparison.Ordinal);
        Deliver(client, 2, "two", "p");
        ExpectMsg<Ws.Delivered>();

        client.Expect("one");
        client.Expect("eins");
        client.Expect("two");
    }

    [Fact]
    public void What_is_delivered_while_the_client_is_away_waits_for_it()
    {
        var client = Begin();
        Break(client);
        Deliver(client, 1, "one");
        ExpectMsg<Ws.Delivered>();

        Resume(client);

        client.Expect("one");
    }

    [Fact]
    public void To_a_session_that_is_not_or_is_over_nothing_is_delivered()
    {
        var client = Begin();
        Sys.WebSockets().Sessions.Tell(new Ws.Deliver("nobody", "p", 1, Ws.Send.Text("one")), TestActor);
        Assert.Equal("nobody", ExpectMsg<Ws.DeliverFailed>().SessionId);

        Handler.Tell(new Ws.Close());
        Handler.ExpectClosed(CloseCode.Normal);
        Kit.AwaitIdle();
        Deliver(client, 1, "one");
        ExpectMsg<Ws.DeliverFailed>();
    }

    [Fact]
    public void What_makes_no_sense_is_refused_at_once()
    {
        var send = Ws.Send.Text("x");

        Assert.Throws<ArgumentException>(() => new Ws.Deliver("", "p", 1, send));
        Assert.Throws<ArgumentException>(() => new Ws.Deliver("s", "", 1, send));
        Assert.Throws<ArgumentException>(() => new Ws.Deliver("s", new string('é', 128), 1, send));
        Assert.NotNull(new Ws.Deliver("s", new string('p', 255), 1, send));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ws.Deliver("s", "p", 0, send));
        Assert.Throws<ArgumentException>(() => new Ws.Deliver("s", "p", 1, Ws.Send.Stream(MessageKind.Text, Nothing())));
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Nothing()
    {
        await Task.CompletedTask;
        yield break;
    }

    private void Deliver(SessionClient client, long sequence, string text, string publisher = "p") =>
        Sys.WebSockets().Sessions.Tell(new Ws.Deliver(client.SessionId, publisher, sequence, Ws.Send.Text(text)), TestActor);
}
