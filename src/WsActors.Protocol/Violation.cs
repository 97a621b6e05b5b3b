namespace WsActors.Protocol;

/// <summary>A rule that the peer broke: the close code to send and one sentence that names the rule.</summary>
/// <param name="Code">The close code to send, see <see cref="CloseCode"/>.</param>
/// <param name="Reason">ASCII, at most 123 bytes, so that it fits a close frame (RFC 6455 §5.5.1). It never quotes the peer.</param>
public sealed record Violation(int Code, string Reason);
