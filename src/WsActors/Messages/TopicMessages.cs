using Akka.Actor;

namespace WsActors.Messages;

/// <summary>The messages between the topic relays of different nodes.</summary>
internal static class TopicMessages
{
    /// <summary>A publish of another node, for the members of the topic on this node.</summary>
    /// <param name="Topic">The topic.</param>
    /// <param name="Message">The message.</param>
    /// <param name="Publisher">The receiver of acknowledgements.</param>
    public sealed record Relayed(string Topic, Ws.Send Message, IActorRef Publisher) : Ws.IOperation
    {
        /// <summary>Without the topic: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Relayed)} {{ {Message} }}";
    }

    /// <summary>
    /// A mark that follows publishes on the same way. The relay of the other node answers <see cref="MarkTaken"/> when its members have
    /// taken them.
    /// </summary>
    /// <param name="Number">The sender's count of marks; it grows.</param>
    public sealed record Mark(long Number) : Ws.IOperation;

    /// <summary>Members have taken, or nearly, the publishes before a <see cref="Mark"/>.</summary>
    /// <param name="Number">The mark's number.</param>
    public sealed record MarkTaken(long Number) : Ws.IOperation;
}
