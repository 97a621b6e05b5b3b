using Akka.Actor;

namespace WsActors.Topics;

/// <summary>A publish on its way to the members of a topic. It counts in its publisher's backlog until it is delivered.</summary>
/// <param name="topic">The topic.</param>
/// <param name="message">The message.</param>
/// <param name="publisher">The receiver of acknowledgements.</param>
/// <param name="backlog">The backlog of the publisher.</param>
internal sealed class Publication(string topic, Ws.Send message, IActorRef publisher, PublishBacklog backlog)
    : INoSerializationVerificationNeeded
{
    /// <summary>The bytes that a publish counts in addition to its payload.</summary>
    private const int OverheadBytes = 128;

    public string Topic => topic;

    public Ws.Send Message => message;

    public IActorRef Publisher => publisher;

    public PublishBacklog Backlog => backlog;

    public long Bytes { get; } = message.Payload.Length + OverheadBytes;

    /// <summary>The backlogs of this node; null for a publish from another node, which this node does not relay.</summary>
    public PublishBacklogs? Backlogs { get; init; }

    /// <summary>Whether the publisher has no connection of its own.</summary>
    public bool IsShared { get; init; }

    /// <summary>The number in the topic: members that joined after it do not get the message. 0 if the publish never waited.</summary>
    public long Number { get; set; }

    /// <summary>Counts the publish, once for each relay and once for the topic.</summary>
    /// <returns>False when the backlog is closed: the publish then belongs to a new backlog.</returns>
    public bool TryCount()
    {
        var counts = backlog.TryAdd(Bytes);
        if (counts)
        {
            Backlogs?.Added(this);
        }

        return counts;
    }

    /// <summary>Removes one count of <see cref="TryCount"/>: the publish was delivered.</summary>
    public void Complete()
    {
        backlog.Remove(Bytes);
        Backlogs?.Removed(this);
    }

    /// <summary>The text without the topic's name: an undelivered message is logged.</summary>
    public override string ToString() => $"{nameof(Publication)} {{ {message} }}";
}
