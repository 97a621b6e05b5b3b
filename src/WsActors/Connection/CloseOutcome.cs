using WsActors.Protocol;

namespace WsActors.Connection;

/// <summary>The outcome of a WebSocket that has ended, or has started to end.</summary>
/// <param name="Code">The close code.</param>
/// <param name="Reason">The close reason.</param>
/// <param name="By">The side that started the close.</param>
/// <param name="WasClean">Whether both close frames were exchanged.</param>
internal readonly record struct CloseOutcome(int Code, string Reason, Ws.Side By, bool WasClean = false)
{
    /// <summary>A failure on our side.</summary>
    public static CloseOutcome Failed(Role role) =>
        new(CloseCode.InternalError, role == Role.Server ? "the server failed" : "the client failed", Ws.Side.Local);

    /// <summary>The same outcome, not clean.</summary>
    public CloseOutcome Unclean => this with { WasClean = false };

    /// <summary>The reason is omitted: the peer may have written it, and an unhandled message is logged.</summary>
    public override string ToString() => $"{nameof(CloseOutcome)} {{ {Code}, by {By}, {(WasClean ? "clean" : "not clean")} }}";

    /// <summary>The peer's socket ended, or has to be ended, without a close frame.</summary>
    public static CloseOutcome Abnormal(string reason) => new(CloseCode.Abnormal, reason, Ws.Side.Peer);

    /// <summary>The peer broke a rule.</summary>
    public static CloseOutcome FromViolation(Violation violation) => new(violation.Code, violation.Reason, Ws.Side.Local);
}
