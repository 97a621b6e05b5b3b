using Akka.Actor;
using Akka.Event;

namespace WsActors.Handlers;

/// <summary>
/// What became of messages in the stash of a handler: told to the sender of the messages, a connection or a session, in the order of what
/// happened.
/// </summary>
/// <param name="Messages">Each a <see cref="Ws.Received"/> or <see cref="Ws.ReceivedChunk"/>.</param>
internal abstract record StashReport(IReadOnlyList<object> Messages) : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    /// <summary>The bytes that they count for while they wait.</summary>
    public long Bytes => Messages.Sum(BytesOf);

    private static long BytesOf(object message) => HandlerBacklog.BytesOf(message switch
    {
        Ws.Received received => received.Payload.Length,
        Ws.ReceivedChunk chunk => chunk.Payload.Length,
        _ => 0,
    });

    /// <summary>The sizes, without contents.</summary>
    public sealed override string ToString() => $"{GetType().Name} {{ {Messages.Count} }}";

    /// <summary>They were put away, and not dealt with.</summary>
    internal sealed record Stashed(IReadOnlyList<object> Messages) : StashReport(Messages);

    /// <summary>They are at the head of the mailbox again.</summary>
    internal sealed record Unstashed(IReadOnlyList<object> Messages) : StashReport(Messages);

    /// <summary>They were taken out, and do not come again by themselves.</summary>
    internal sealed record Dropped(IReadOnlyList<object> Messages) : StashReport(Messages);
}
