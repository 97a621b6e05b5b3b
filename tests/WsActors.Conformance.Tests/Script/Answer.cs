namespace WsActors.Conformance.Tests.Script;

/// <summary>The expected frames, in this order, and no others.</summary>
/// <param name="Frames">Each one complete and unfragmented.</param>
/// <param name="CloseCode">
/// Of the close frame that must follow, with the end of the connection behind it; 1005 is one without a code. Null: it stays open.
/// </param>
internal sealed record Answer(IReadOnlyList<Frame> Frames, int? CloseCode = null)
{
    /// <summary>The expected frames before the close frame.</summary>
    public Answer After(params Frame[] frames) => this with { Frames = frames };
}
