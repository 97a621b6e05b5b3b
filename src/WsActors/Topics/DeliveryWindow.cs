using Akka.Actor;

namespace WsActors.Topics;

/// <summary>
/// The unacknowledged window of one member: a connection, or a session. The window is sent to the member as a probe. The member sends it
/// back when it has taken the messages before it. No more than the window waits in the member's mailbox; the rest waits in the topic, once
/// for all members. Owned by the topics actor.
/// </summary>
internal sealed class DeliveryWindow(IActorRef connection) : INoSerializationVerificationNeeded
{
    /// <summary>
    /// The largest number of messages in a member's mailbox: enough for many small messages to leave in large writes. With 64 a delivery
    /// was measured to cost 1.3 times as much.
    /// </summary>
    public const int MaxMessages = 256;

    /// <summary>The largest number of payload bytes in a member's mailbox; a larger message goes alone.</summary>
    public const int MaxBytes = 64 * 1024;

    // The probe goes out at a quarter of the window, so that a member that keeps up never fills its window.
    private const int ProbeAfterMessages = MaxMessages / 4;

    private const int ProbeAfterBytes = MaxBytes / 4;

    private (int Messages, long Bytes) _unacknowledged;

    /// <summary>The messages that the open probe covers; null without a probe.</summary>
    private (int Messages, long Bytes)? _probed;

    public IActorRef Connection => connection;

    /// <summary>The topics of the member.</summary>
    public HashSet<Topic> Topics { get; } = [];

    public bool IsFull => _unacknowledged.Messages >= MaxMessages || _unacknowledged.Bytes >= MaxBytes;

    public void Tell(Ws.Send message, IActorRef publisher, IActorRef topics)
    {
        connection.Tell(message, publisher);
        _unacknowledged = (_unacknowledged.Messages + 1, _unacknowledged.Bytes + message.Payload.Length);
        ProbeIfDue(topics);
    }

    /// <summary>The member has sent the probe back.</summary>
    public void OnAcknowledged(IActorRef topics)
    {
        if (_probed is var (messages, bytes))
        {
            _unacknowledged = (_unacknowledged.Messages - messages, _unacknowledged.Bytes - bytes);
            _probed = null;
            ProbeIfDue(topics);
        }
    }

    private void ProbeIfDue(IActorRef topics)
    {
        if (_probed is null && (_unacknowledged.Messages >= ProbeAfterMessages || _unacknowledged.Bytes >= ProbeAfterBytes))
        {
            _probed = _unacknowledged;
            connection.Tell(this, topics);
        }
    }
}
