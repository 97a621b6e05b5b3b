using System.Net.WebSockets;
using WsActors.Protocol.Compression;

namespace WsActors.Conformance.Tests.Script;

/// <summary>An agreement on permessage-deflate (RFC 7692 §7.1), in the terms of each side.</summary>
/// <param name="Mode">The server's mode.</param>
/// <param name="Offers">The client's offers; the first acceptable one counts.</param>
/// <param name="ServerKeepsContext">Whether the server may refer to earlier messages then.</param>
/// <param name="ServerWindowBits">The server's window.</param>
internal sealed record Deflate(MessageCompression Mode, string Offers, bool ServerKeepsContext = true, int ServerWindowBits = 15)
{
    private bool ClientKeepsContext => Mode == MessageCompression.Dedicated;

    /// <summary>For the protocol core.</summary>
    public DeflateAgreement ForCore => new(ServerKeepsContext, ClientKeepsContext, ServerWindowBits);

    /// <summary>For .NET's own WebSocket, which inflates with the window that was agreed on and not with an octet more.</summary>
    public WebSocketDeflateOptions ForOther => new()
    {
        ServerContextTakeover = ServerKeepsContext,
        ServerMaxWindowBits = ServerWindowBits,
        ClientContextTakeover = ClientKeepsContext,
    };
}
