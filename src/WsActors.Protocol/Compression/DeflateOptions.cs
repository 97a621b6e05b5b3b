namespace WsActors.Protocol.Compression;

/// <summary>The settings of one end for permessage-deflate (RFC 7692 §7). Immutable; one value serves any number of connections.</summary>
/// <param name="KeepsContext">
/// Whether the last 32 KiB of each direction are kept from one message to the next. Small similar messages then compress far better.
/// It costs about 350 KiB (measured) for the lifetime of the connection.
/// </param>
/// <param name="ServerMaxWindowBits">The server's largest window: 2 to this power bytes, from 8 to 15.</param>
/// <param name="ClientMaxWindowBits">
/// The client's largest window, in the same unit. A server can ask for it only if the client offered it.
/// </param>
public sealed record DeflateOptions(bool KeepsContext, int ServerMaxWindowBits = 15, int ClientMaxWindowBits = 15)
{
    /// <summary>The server's largest window: 2 to this power bytes, from 8 to 15.</summary>
    public int ServerMaxWindowBits { get; init => field = DeflateParameters.InRange(value); } =
        DeflateParameters.InRange(ServerMaxWindowBits);

    /// <summary>The client's largest window, in the same unit. A server can ask for it only if the client offered it.</summary>
    public int ClientMaxWindowBits { get; init => field = DeflateParameters.InRange(value); } =
        DeflateParameters.InRange(ClientMaxWindowBits);
}
