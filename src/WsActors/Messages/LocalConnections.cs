namespace WsActors.Messages;

/// <summary>The first connections of a node behind a cursor, in order. Answers <see cref="ListLocalConnections"/>.</summary>
/// <param name="Connections">At most as many as asked for.</param>
/// <param name="HasMore">Whether the node has more of them.</param>
internal sealed record LocalConnections(IReadOnlyList<LocalConnections.Entry> Connections, bool HasMore) : Ws.IOperation
{
    /// <param name="Number">The number of sockets that the node accepted before it.</param>
    /// <param name="Stats">The connection.</param>
    internal sealed record Entry(long Number, Ws.Stats Stats);
}
