namespace WsActors.Messages;

/// <summary>One node's part of a sorted <see cref="Ws.ListClusterConnections"/>. Answered with <see cref="LocalConnections"/>.</summary>
/// <param name="List">
/// The list. The place of its cursor is this node's: of the connections with the cursor's key, those with greater numbers follow.
/// </param>
internal sealed record ListLocalConnections(Ws.ListClusterConnections List) : Ws.IOperation;
