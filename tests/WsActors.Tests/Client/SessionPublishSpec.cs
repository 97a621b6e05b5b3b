using Akka.Actor;
using WsActors.Topics;

namespace WsActors.Tests.Client;

/// <summary>The publishes of a client session's handler slow its server. A probe plays a late member.</summary>
public sealed class SessionPublishSpec : SessionSpec
{
    private const int PauseAbove = 20_000;

    private const int Many = 200;

    [Fact]
    public void A_client_stops_reading_while_members_have_not_taken_its_handlers_publishes()
    {
        var (topics, waiting, late) = (Sys.WebSockets().Topics, Sys.WebSockets().Publishing, CreateTestProbe());
        topics.Tell(new TopicsActor.MemberCommand(late.Ref, null, new Ws.Join("tea")), late.Ref);
        late.ExpectMsg<Ws.Joined>();
        Connect(new Ws.Connect(Uri, Props.Create<Publisher>())
        {
            Source = Listener.Ref,
            Configure = static options => KeepsSession(options) with
            {
                SendQueue = options.SendQueue with { PauseReadingAboveBytes = PauseAbove },
            },
        });
        var server = Listener.ExpectConnect(Protocol);
        server.SendText("welcome token epoch new 0");
        ExpectMsg<Ws.Connected>();

        for (var i = 1; i <= Many; i++)
        {
            server.SendText($"message {i}\n{new string('x', 1000)}");
        }

        Kit.AwaitIdle();

        Assert.InRange(waiting.Bytes, PauseAbove / 2, PauseAbove + 2000);
        for (var taken = 0; taken < Many;)
        {
            switch (late.ReceiveOne(TestKitSettings.DefaultTimeout))
            {
                case Ws.Send: taken++; break;
                case DeliveryWindow window: topics.Tell(window, late.Ref); break;
                case var other: Assert.Fail($"{other}"); break;
            }
        }

        AwaitAssert(() => Assert.Equal(0, waiting.Bytes));
    }

    /// <summary>Publishes the messages that it receives.</summary>
    private sealed class Publisher : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ws.Received received)
            {
                Context.System.WebSockets().Topics.Tell(new Ws.Publish("tea", Ws.Send.FromReceived(received)));
            }
        }
    }
}
