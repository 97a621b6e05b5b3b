using Akka.Actor;

namespace WsActors.Topics;

/// <summary>
/// The unacknowledged window towards one member: a connection, or a session. It tells this object back in its turn, when it has taken the
/// messages before it. So no more than the window waits in its mailbox; the rest waits once for all members. Owned by the topics actor.
/// </summary>
internal sealed class DeliveryWindow(IActorRef connection) : INoSerializationVerificationNeeded
{
    /// <summary>
    /// Most messages that wait in a member's mailbox: so many that a flood of small ones still leaves in large writes. With 64 a delivery was measured
    /// to cost 1.3 times as much.
    /// </summary>
    public const int MaxMessages = 256;

    /// <summary>Most payload bytes; a larger message goes alone.</summary>
    public const int MaxBytes = 64 * 1024;

    // Asked in time, a member that keeps pace never fills its window.
    private const int AskAfterMessages = MaxMessages / 4;

    private const int AskAfterBytes = MaxBytes / 4;

    private (int Messages, long Bytes) _unacknowledged;

    /// <summary>The messages that the open probe covers; null without one.</summary>
    private (int Messages, long Bytes)? _asked;

    public IActorRef Connection => connection;

    /// <summary>The topics of the member.</summary>
    public HashSet<Topic> Topics { get; } = [];

    public bool IsFull => _unacknowledged.Messages >= MaxMessages || _unacknowledged.Bytes >= MaxBytes;

    public void Tell(Ws.Send message, IActorRef publisher, IActorRef topics)
    {
        connection.Tell(message, publisher);
        _unacknowledged = (_unacknowledged.Messages + 1, _unacknowledged.Bytes + message.Payload.Length);
        AskIfDue(topics);
    }

    /// <summary>The member has told it back.</summary>
    public void OnAcknowledged(IActorRef topics)
    {
        if (_asked is var (messages, bytes))
        {
            _unacknowledged = (_unacknowledged.Messages - messages, _unacknowledged.Bytes - bytes);
            _asked = null;
            AskIfDue(topics);
        }
    }

    private void AskIfDue(IActorRef topics)
    {
        if (_asked is null && (_unacknowledged.Messages >= AskAfterMessages || _unacknowledged.Bytes >= AskAfterBytes))
        {
            _asked = _unacknowledged;
            connection.Tell(this, topics);
        }
    }
}
