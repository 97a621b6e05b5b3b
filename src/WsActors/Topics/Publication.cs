using Akka.Actor;

namespace WsActors.Topics;

/// <summary>A publish on its way to the members of a topic. It counts for its publisher until they have taken it.</summary>
/// <param name="topic">The topic.</param>
/// <param name="message">The message.</param>
/// <param name="publisher">The receiver of acknowledgements.</param>
/// <param name="backlog">The publisher's.</param>
internal sealed class Publication(string topic, Ws.Send message, IActorRef publisher, PublishBacklog backlog)
    : INoSerializationVerificationNeeded
{
    /// <summary>The bytes that a publish counts beside its payload.</summary>
    private const int BytesOfAny = 128;

    public string Topic => topic;

    public Ws.Send Message => message;

    public IActorRef Publisher => publisher;

    public PublishBacklog Backlog => backlog;

    public long Bytes { get; } = message.Payload.Length + BytesOfAny;

    /// <summary>The backlog that counts it; null for a publish of another node, which this node does not relay.</summary>
    public PublishBacklogs? Backlogs { get; init; }

    /// <summary>Whether its publisher has no connection of its own.</summary>
    public bool IsShared { get; init; }

    /// <summary>Its number in the topic: members that came later are not told.</summary>
    public long Number { get; set; }

    /// <summary>Counts it, once for everybody who has to take it.</summary>
    /// <returns>False when its backlog has ended: it belongs to another one.</returns>
    public bool TryCount()
    {
        var counts = backlog.TryAdd(Bytes);
        if (counts)
        {
            Backlogs?.Added(this);
        }

        return counts;
    }

    /// <summary>It was taken.</summary>
    public void Complete()
    {
        backlog.Remove(Bytes);
        Backlogs?.Removed(this);
    }

    /// <summary>Without the topic: a message that nobody takes reaches a log.</summary>
    public override string ToString() => $"{nameof(Publication)} {{ {message} }}";
}
