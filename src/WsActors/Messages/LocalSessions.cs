namespace WsActors.Messages;

/// <summary>The first sessions of a node behind a cursor, in order. Answers <see cref="ListLocalSessions"/>.</summary>
/// <param name="Sessions">At most as many as asked for. Their node is known to the asker.</param>
/// <param name="HasMore">Whether the node has more of them.</param>
internal sealed record LocalSessions(IReadOnlyList<Ws.SessionInfo> Sessions, bool HasMore) : Ws.IOperation;
