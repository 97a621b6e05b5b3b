namespace WsActors.Protocol.Handshake;

/// <summary>
/// The size limits of a request's or response's head. A request beyond them is refused with the status below; a response beyond them is a
/// <see cref="BadResponse"/>. Line ends are not counted. Immutable.
/// </summary>
/// <param name="MaxRequestLineBytes">The largest request line (status 414) or status line, in bytes.</param>
/// <param name="MaxHeaderBytes">The largest size of all header lines together, in bytes (status 431).</param>
/// <param name="MaxHeaders">The largest number of header lines (status 431).</param>
public sealed record RequestLimits(int MaxRequestLineBytes = 8 * 1024, int MaxHeaderBytes = 32 * 1024, int MaxHeaders = 100);
