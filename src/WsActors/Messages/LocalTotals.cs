namespace WsActors.Messages;

/// <summary>The counters of a node with all their fields. Answers <see cref="GetLocalTotals"/>.</summary>
/// <param name="Totals">The counters.</param>
internal sealed record LocalTotals(Ws.Totals Totals) : Ws.IOperation;
