using WsActors.Protocol;

namespace WsActors.Connection;

/// <summary>The outcome of a WebSocket that has ended or starts to end.</summary>
/// <param name="Code">The close code.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">Who began it.</param>
/// <param name="WasClean">Whether both close frames went.</param>
internal readonly record struct CloseOutcome(int Code, string Reason, Ws.Side By, bool WasClean = false)
{
    /// <summary>A failure of our own.</summary>
    public static CloseOutcome Failed(Role role) => new(CloseCode.InternalError, role == Role.Server ? "the server failed" : "the client failed", Ws.Side.Local);

    /// <summary>The same, without both close frames.</summary>
    public CloseOutcome Unclean => this with { WasClean = false };

    /// <summary>Without the reason, which the peer may have written: a message that nobody handles reaches a log.</summary>
    public override string ToString() => $"{nameof(CloseOutcome)} {{ {Code}, by {By}, {(WasClean ? "clean" : "not clean")} }}";

    /// <summary>The peer's socket ended, or has to, without a close frame.</summary>
    public static CloseOutcome Abnormal(string reason) => new(CloseCode.Abnormal, reason, Ws.Side.Peer);

    /// <summary>The peer broke a rule.</summary>
    public static CloseOutcome FromViolation(Violation violation) => new(violation.Code, violation.Reason, Ws.Side.Local);
}
