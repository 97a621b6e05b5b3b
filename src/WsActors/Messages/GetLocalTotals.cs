namespace WsActors.Messages;

/// <summary>
/// One node's part of a <see cref="Ws.GetClusterStats"/>. Answered with <see cref="LocalTotals"/>. Nodes of earlier versions are asked
/// <see cref="Ws.GetStats"/> instead.
/// </summary>
internal sealed record GetLocalTotals : Ws.IOperation
{
    private GetLocalTotals()
    {
    }

    public static GetLocalTotals Instance { get; } = new();
}
