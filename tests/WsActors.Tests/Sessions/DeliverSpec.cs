using WsActors.Protocol;
using WsActors.Protocol.Messages;

namespace WsActors.Tests.Sessions;

/// <summary>A message delivered to a session by its id is logged exactly once, however often it is told.</summary>
public sealed class DeliverSpec : SessionSpec
{
    public DeliverSpec()
        : base("max-publishers = 2, retention = 30s")
    {
    }

    [Fact]
    public void A_message_delivered_twice_is_logged_once()
    {
        var client = Begin();

        Deliver(client, 1, "one");
        ExpectMsg<Ws.Delivered>();
        Deliver(client, 1, "one");
        Assert.Equal(new Ws.Delivered { SessionId = client.SessionId, Publisher = "p", Sequence = 1 }, ExpectMsg<Ws.Delivered>());
        Deliver(client, 2, "two");
        ExpectMsg<Ws.Delivered>();

        client.Expect("one");
        client.Expect("two");
        client.ExpectNothing();
    }

    [Fact]
    public void A_sequence_above_the_next_is_refused_with_the_expected_one()
    {
        var client = Begin();
        Deliver(client, 2, "two");
        Assert.Equal(
            new Ws.SequenceExpected { SessionId = client.SessionId, Publisher = "p", Sequence = 1 },
            ExpectMsg<Ws.SequenceExpected>());

        Deliver(client, 1, "one");
        Deliver(client, 2, "two");

        client.Expect("one");
        client.Expect("two");
    }

    [Fact]
    public void Each_publisher_has_its_own_sequence_and_their_number_is_bounded()
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
    public void A_message_delivered_without_a_client_waits_for_it()
    {
        var client = Begin();
        Break(client);
        Deliver(client, 1, "one");
        ExpectMsg<Ws.Delivered>();

        Resume(client);

        client.Expect("one");
    }

    [Fact]
    public void A_delivery_to_an_unknown_or_ended_session_fails()
    {
        var client = Begin();
        Sys.WebSockets().Sessions.Tell(
            new Ws.Deliver { SessionId = "nobody", Publisher = "p", Sequence = 1, Message = Ws.Send.Text("one") },
            TestActor);
        Assert.Equal("nobody", ExpectMsg<Ws.DeliverFailed>().SessionId);

        Handler.Tell(new Ws.Close());
        Handler.ExpectClosed(CloseCode.Normal);
        Kit.AwaitIdle();
        Deliver(client, 1, "one");
        ExpectMsg<Ws.DeliverFailed>();
    }

    [Fact]
    public void Invalid_deliveries_are_refused_by_the_constructor()
    {
        var send = Ws.Send.Text("x");

        Assert.Throws<ArgumentException>(() => new Ws.Deliver { SessionId = "", Publisher = "p", Sequence = 1, Message = send });
        Assert.Throws<ArgumentException>(() => new Ws.Deliver { SessionId = "s", Publisher = "", Sequence = 1, Message = send });
        Assert.Throws<ArgumentException>(() => new Ws.Deliver
        {
            SessionId = "s",
            Publisher = new string('é', 128),
            Sequence = 1,
            Message = send,
        });
        Assert.NotNull(new Ws.Deliver { SessionId = "s", Publisher = new string('p', 255), Sequence = 1, Message = send });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ws.Deliver { SessionId = "s", Publisher = "p", Sequence = 0, Message = send });
        Assert.Throws<ArgumentException>(() => new Ws.Deliver
        {
            SessionId = "s",
            Publisher = "p",
            Sequence = 1,
            Message = Ws.Send.Stream(MessageKind.Text, Nothing()),
        });
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Nothing()
    {
        await Task.CompletedTask;
        yield break;
    }

    private void Deliver(SessionClient client, long sequence, string text, string publisher = "p") =>
        Sys.WebSockets().Sessions.Tell(
            new Ws.Deliver { SessionId = client.SessionId, Publisher = publisher, Sequence = sequence, Message = Ws.Send.Text(text) },
            TestActor);
}
