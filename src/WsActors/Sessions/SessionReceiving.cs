using Akka.Actor;
using WsActors.Connection;

namespace WsActors.Sessions;

/// <summary>
/// What a session is sent, and how far its handler is with it. Every actor answers an <c>Identify</c> in its turn: that is when what was told
/// before was dealt with. Owned by its session.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="client">Is told how far it is.</param>
/// <param name="handler">Its handler.</param>
/// <param name="received">The last message of the client that was dealt with before.</param>
internal sealed class SessionReceiving(SessionActor session, Attachment client, IActorRef handler, long received)
{
    private static readonly Identify HowFar = new("how far are you?");

    /// <summary>The message that the open question is behind; null when none is open.</summary>
    private long? _asked;

    /// <summary>The last message that the handler was told.</summary>
    public long Last { get; private set; } = received;

    /// <summary>The last message that it has dealt with.</summary>
    public long Handled { get; private set; } = received;

    /// <summary>Payload bytes that came.</summary>
    public long BytesReceived { get; set; }

    /// <summary>What was told and is not known to be dealt with; 128 B a message beside the payloads.</summary>
    public long UnhandledBytes { get; private set; }

    private long _askedBytes;

    /// <summary>Takes the next message, once.</summary>
    /// <returns>False when one is missing before it.</returns>
    public bool TryTake(Session.Came came)
    {
        if (came.Offset > Last + 1)
        {
            return false;
        }

        if (came.Offset == Last + 1)
        {
            Last = came.Offset;
            BytesReceived += came.Payload.Length;
            UnhandledBytes += Lag.BytesOf(came.Payload.Length);
            session.Tell(handler, new Ws.Received(session.Ref, came.Kind, came.Payload));
            Ask();
        }

        return true;
    }

    /// <summary>The handler has dealt with all that it was told before it was asked.</summary>
    /// <returns>False for an answer to somebody else's question, or of those who answer for the dead.</returns>
    public bool TryAnswer(ActorIdentity answer)
    {
        if (!Equals(answer.MessageId, HowFar.MessageId) || answer.Subject is not { } subject || subject.IsNobody() || _asked is not { } asked)
        {
            return false;
        }

        (Handled, UnhandledBytes, _asked) = (asked, UnhandledBytes - _askedBytes, null);
        client.Tell(SessionFrameWriter.Ack(Handled));
        client.TellLink(new Session.Handled(Handled));
        Ask();
        return true;
    }

    /// <summary>The link asks whether all that it told is here.</summary>
    /// <returns>Whether it is.</returns>
    public bool TryAnswer(Session.Probe probe)
    {
        var isHere = probe.Offset <= Last;
        if (isHere)
        {
            client.TellLink(new Session.Handled(Handled));
        }

        return isHere;
    }

    private void Ask()
    {
        if (_asked is null && Handled < Last)
        {
            (_asked, _askedBytes) = (Last, UnhandledBytes);
            session.Tell(handler, HowFar);
        }
    }
}
