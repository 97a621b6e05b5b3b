using System.IO.Compression;

namespace WsActors.Protocol.Compression;

/// <summary>
/// What both ends agreed on (RFC 7692 §7.1). A context that is not kept starts empty with each message. Immutable.
/// </summary>
/// <param name="ServerKeepsContext">Whether the server may refer to its earlier messages, so that the client has to keep them.</param>
/// <param name="ClientKeepsContext">Whether the client may refer to its earlier messages, so that the server has to keep them.</param>
/// <param name="ServerWindowBits">The server's window: 2 to this power bytes, from 8 to 15.</param>
/// <param name="ClientWindowBits">The client's window: 2 to this power bytes, from 8 to 15.</param>
public sealed record DeflateAgreement(bool ServerKeepsContext, bool ClientKeepsContext, int ServerWindowBits = 15, int ClientWindowBits = 15)
{
    /// <summary>The server's window: 2 to this power bytes, from 8 to 15.</summary>
    public int ServerWindowBits { get; init => field = DeflateParameters.InRange(value); } = DeflateParameters.InRange(ServerWindowBits);

    /// <summary>The client's window: 2 to this power bytes, from 8 to 15.</summary>
    public int ClientWindowBits { get; init => field = DeflateParameters.InRange(value); } = DeflateParameters.InRange(ClientWindowBits);

    /// <summary>Whether the client asked for a window of the server: then the answer names one (RFC 7692 §7.1.2.1), even the widest.</summary>
    internal bool NamesServerWindow { get; init; }

    /// <summary>The compressor for the messages that this end sends.</summary>
    public Deflater CreateDeflater(Role role, CompressionLevel level) => role == Role.Server
        ? new(ServerKeepsContext, ServerWindowBits, level)
        : new(ClientKeepsContext, ClientWindowBits, level);

    /// <summary>The decompressor for the messages that this end receives.</summary>
    public Inflater CreateInflater(Role role) => new(role == Role.Server ? ClientKeepsContext : ServerKeepsContext);

    /// <summary>The server's answer: the value of its <c>Sec-WebSocket-Extensions</c>.</summary>
    internal string ToHeaderValue() => new DeflateParameters
    {
        ServerNoContextTakeover = !ServerKeepsContext,
        ClientNoContextTakeover = !ClientKeepsContext,
        ServerMaxWindowBits = NamesServerWindow ? ServerWindowBits : Named(ServerWindowBits),
        ClientMaxWindowBits = Named(ClientWindowBits),
    }.ToHeaderValue();

    /// <summary>The widest window needs no word, unless somebody asks.</summary>
    internal static int? Named(int windowBits) => windowBits < DeflateParameters.MostWindowBits ? windowBits : null;
}
