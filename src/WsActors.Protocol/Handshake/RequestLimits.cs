namespace WsActors.Protocol.Handshake;

/// <summary>
/// The size limits of a request's or response's head. A request beyond them is refused with the status below; a response beyond them is a
/// <see cref="BadResponse"/>. Line ends are not counted. Immutable.
/// </summary>
public sealed record RequestLimits
{
    /// <summary>The largest request line (status 414) or status line, in bytes.</summary>
    public int MaxRequestLineBytes { get; init; } = 8 * 1024;

    /// <summary>The largest size of all header lines together, in bytes (status 431).</summary>
    public int MaxHeaderBytes { get; init; } = 32 * 1024;

    /// <summary>The largest number of header lines (status 431).</summary>
    public int MaxHeaders { get; init; } = 100;
}
