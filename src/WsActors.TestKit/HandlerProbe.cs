using Akka.Actor;
using Akka.TestKit;
using WsActors.Protocol.Messages;

namespace WsActors.TestKit;

/// <summary>A handler played by the test: it expects events, and tells connections what to do.</summary>
public sealed class HandlerProbe
{
    private readonly TestProbe _probe;

    /// <summary>Makes one in the test's system.</summary>
    public HandlerProbe(TestKitBase test)
    {
        ArgumentNullException.ThrowIfNull(test);
        _probe = test.CreateTestProbe();
    }

    /// <summary>The actor to map routes to.</summary>
    public IActorRef Ref => _probe.Ref;

    /// <summary>The connection that the last event came from.</summary>
    public IActorRef Connection { get; private set; } = ActorRefs.Nobody;

    /// <summary>Expects an event next.</summary>
    public TEvent Expect<TEvent>()
        where TEvent : Ws.IEvent
    {
        var happened = _probe.ExpectMsg<TEvent>();
        Connection = happened.Connection;
        return happened;
    }

    /// <summary>Expects a new connection next.</summary>
    public Ws.Opened ExpectOpened() => Expect<Ws.Opened>();

    /// <summary>Expects a text message next.</summary>
    public Ws.Received ExpectText(string text)
    {
        var message = Expect<Ws.Received>();
        return message.Kind == MessageKind.Text && message.Text == text
            ? message
            : throw new ExpectationException($"Expected text '{text}', but {message.Kind} of {message.Payload.Length} bytes came: '{message.Text}'.");
    }

    /// <summary>Expects the ack of a <see cref="Ws.Send"/> next.</summary>
    public void ExpectAck(object ack) => _probe.ExpectMsg(ack);

    /// <summary>Expects next that a <see cref="Ws.Send"/> with this ack failed.</summary>
    public void ExpectSendFailed(object ack, Ws.SendFailure reason)
    {
        var failed = Expect<Ws.SendFailed>();
        if (!Equals(failed.Send.Ack, ack) || failed.Reason != reason)
        {
            throw new ExpectationException($"Expected '{ack}' to fail as {reason}, but '{failed.Send.Ack}' failed as {failed.Reason}.");
        }
    }

    /// <summary>Expects the end of a connection next.</summary>
    public Ws.Closed ExpectClosed(int code)
    {
        var closed = Expect<Ws.Closed>();
        return closed.Code == code ? closed : throw new ExpectationException($"Expected close code {code}, but it was {closed}.");
    }

    /// <summary>Passes over <see cref="Ws.Congested"/> and <see cref="Ws.Writable"/> from now on, for tests of something else.</summary>
    public void IgnoreCongestion() => _probe.IgnoreMessages(static message => message is Ws.Congested or Ws.Writable);

    /// <summary>Expects that no event came.</summary>
    public void ExpectNothing() => _probe.ExpectNoMsg(TimeSpan.Zero);

    /// <summary>Tells the connection of the last event to send or to do something.</summary>
    public void Tell(Ws.ICommand command) => Connection.Tell(command, _probe.Ref);

    /// <summary>Ends the handler, as if it had stopped by itself.</summary>
    public void Stop(ActorSystem system) => system.Stop(_probe.Ref);
}
