namespace WsActors.Messages;

/// <summary>The first topics of a node behind a cursor, in order. Answers <see cref="ListLocalTopics"/>.</summary>
/// <param name="Topics">At most as many as asked for.</param>
/// <param name="HasMore">Whether the node has more of them.</param>
internal sealed record LocalTopics(IReadOnlyList<LocalTopics.Entry> Topics, bool HasMore) : Ws.IOperation
{
    /// <param name="Name">The name of the topic.</param>
    /// <param name="Members">The number of members on the node.</param>
    internal sealed record Entry(string Name, int Members);
}
