namespace WsActors.Protocol.Handshake;

/// <summary>The size limits of a head, request or response; past them it is refused. Line ends are not counted. Immutable.</summary>
/// <param name="MaxRequestLineBytes">Bytes of the request line, or of a response's status line. One more is answered with 414.</param>
/// <param name="MaxHeaderBytes">Bytes of all header lines together. One more is answered with 431.</param>
/// <param name="MaxHeaders">How many header lines. One more is answered with 431.</param>
public sealed record RequestLimits(int MaxRequestLineBytes = 8 * 1024, int MaxHeaderBytes = 32 * 1024, int MaxHeaders = 100);
