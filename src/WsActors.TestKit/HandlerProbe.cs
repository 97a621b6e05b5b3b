using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using Akka.TestKit;
using WsActors.Protocol.Messages;

namespace WsActors.TestKit;

/// <summary>A handler played by the test: it expects events and sends commands to connections. Used by the test's thread.</summary>
public sealed class HandlerProbe
{
    private readonly TestKitBase _test;

    private readonly TestProbe _probe;

    /// <summary>Creates a handler in the test's system.</summary>
    public HandlerProbe(TestKitBase test)
    {
        ArgumentNullException.ThrowIfNull(test);
        (_test, _probe) = (test, test.CreateTestProbe());
    }

    /// <summary>The actor to map routes to.</summary>
    public IActorRef Ref => _probe.Ref;

    /// <summary>The connection that the last event came from.</summary>
    public IActorRef Connection { get; private set; } = ActorRefs.Nobody;

    /// <summary>Expects an event next.</summary>
    public TEvent Expect<TEvent>()
        where TEvent : Ws.IEvent
    {
        var received = _probe.ExpectMsg<TEvent>();
        Connection = received.Connection;
        return received;
    }

    /// <summary>Expects a new connection next.</summary>
    public Ws.Opened ExpectOpened() => Expect<Ws.Opened>();

    /// <summary>Expects a text message next.</summary>
    public Ws.Received ExpectText(string text)
    {
        var message = Expect<Ws.Received>();
        return message.Kind == MessageKind.Text && message.Text == text
            ? message
            : throw new ExpectationException(
                $"Expected text '{text}', but {message.Kind} of {message.Payload.Length} bytes came: '{message.Text}'.");
    }

    /// <summary>Expects a text message with JSON of a type next.</summary>
    public T ExpectJson<T>(JsonTypeInfo<T> type)
        where T : notnull
    {
        var message = Expect<Ws.Received>();
        return JsonExpectation.Read(message.Kind, message.Payload, type);
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

    /// <summary>Ignores <see cref="Ws.Congested"/> and <see cref="Ws.Writable"/> from now on, for tests of other events.</summary>
    public void IgnoreCongestion() => _probe.IgnoreMessages(static message => message is Ws.Congested or Ws.Writable);

    /// <summary>Expects that no event comes unless the test does something or time passes: waits until no actor has work.</summary>
    public void ExpectNothing()
    {
        WebSocketTestKits.Of(_test.Sys).AwaitIdle();
        _probe.ExpectNoMsg(TimeSpan.Zero);
    }

    /// <summary>Sends a command to the connection of the last event.</summary>
    public void Tell(Ws.ICommand command) => Connection.Tell(command, _probe.Ref);

    /// <summary>Stops the handler, as if it had stopped by itself.</summary>
    public void Stop(ActorSystem system) => system.Stop(_probe.Ref);
}
