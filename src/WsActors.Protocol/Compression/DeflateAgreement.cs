using System.IO.Compression;

namespace WsActors.Protocol.Compression;

/// <summary>
/// The agreed parameters of permessage-deflate (RFC 7692 §7.1). A context that is not kept starts empty with each message. Immutable.
/// </summary>
/// <param name="ServerKeepsContext">Whether the server may refer to its earlier messages; the client then keeps a window of them.</param>
/// <param name="ClientKeepsContext">Whether the client may refer to its earlier messages; the server then keeps a window of them.</param>
/// <param name="ServerWindowBits">The server's window: 2 to this power bytes, from 8 to 15.</param>
/// <param name="ClientWindowBits">The client's window: 2 to this power bytes, from 8 to 15.</param>
public sealed record DeflateAgreement(
    bool ServerKeepsContext,
    bool ClientKeepsContext,
    int ServerWindowBits = 15,
    int ClientWindowBits = 15)
{
    /// <summary>The server's window: 2 to this power bytes, from 8 to 15.</summary>
    public int ServerWindowBits { get; init => field = DeflateParameters.InRange(value); } = DeflateParameters.InRange(ServerWindowBits);

    /// <summary>The client's window: 2 to this power bytes, from 8 to 15.</summary>
    public int ClientWindowBits { get; init => field = DeflateParameters.InRange(value); } = DeflateParameters.InRange(ClientWindowBits);

    /// <summary>
    /// Whether the client's offer named a window of the server. The response then names one too, even the largest (RFC 7692 §7.1.2.1).
    /// </summary>
    internal bool NamesServerWindow { get; init; }

    /// <summary>The compressor for the messages that this end sends.</summary>
    public Deflater CreateDeflater(Role role, CompressionLevel level) => role == Role.Server
        ? new(ServerKeepsContext, ServerWindowBits, level)
        : new(ClientKeepsContext, ClientWindowBits, level);

    /// <summary>The decompressor for the messages that this end receives.</summary>
    public Inflater CreateInflater(Role role) => new(role == Role.Server ? ClientKeepsContext : ServerKeepsContext);

    /// <summary>The value of <c>Sec-WebSocket-Extensions</c> in the server's response.</summary>
    internal string ToHeaderValue() => new DeflateParameters
    {
        ServerNoContextTakeover = !ServerKeepsContext,
        ClientNoContextTakeover = !ClientKeepsContext,
        ServerMaxWindowBits = NamesServerWindow ? ServerWindowBits : Named(ServerWindowBits),
        ClientMaxWindowBits = Named(ClientWindowBits),
    }.ToHeaderValue();

    /// <summary>The value to write for a window; null for the largest, which is the default.</summary>
    internal static int? Named(int windowBits) => windowBits < DeflateParameters.MaxWindowBits ? windowBits : null;
}
