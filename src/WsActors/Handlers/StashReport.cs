using Akka.Actor;
using Akka.Event;

namespace WsActors.Handlers;

/// <summary>A change of a handler's stash, reported in order to the sender of the messages: a connection or a session.</summary>
/// <param name="Messages">The messages: each a <see cref="Ws.Received"/> or <see cref="Ws.ReceivedChunk"/>.</param>
internal abstract record StashReport(IReadOnlyList<object> Messages) : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    /// <summary>The bytes that the messages count for while they wait.</summary>
    public long Bytes => Messages.Sum(BytesOf);

    private static long BytesOf(object message) => HandlerBacklog.BytesOf(message switch
    {
        Ws.Received received => received.Payload.Length,
        Ws.ReceivedChunk chunk => chunk.Payload.Length,
        _ => 0,
    });

    /// <summary>The number of messages, without contents.</summary>
    public sealed override string ToString() => $"{GetType().Name} {{ {Messages.Count} }}";

    /// <summary>The messages were stashed, and not handled.</summary>
    internal sealed record Stashed(IReadOnlyList<object> Messages) : StashReport(Messages);

    /// <summary>The messages are at the head of the mailbox again.</summary>
    internal sealed record Unstashed(IReadOnlyList<object> Messages) : StashReport(Messages);

    /// <summary>The messages were removed from the stash, and are not delivered again.</summary>
    internal sealed record Dropped(IReadOnlyList<object> Messages) : StashReport(Messages);
}
