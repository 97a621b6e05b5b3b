using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace WsActors.Protocol.Handshake;

/// <summary>The value of <c>Sec-WebSocket-Accept</c>, the server's proof that it read the handshake (RFC 6455 §4.2.2). Pure.</summary>
public static class AcceptKey
{
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>The <c>Sec-WebSocket-Accept</c> that answers a <c>Sec-WebSocket-Key</c>.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 requires SHA-1; the hash protects nothing here.")]
    public static string For(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Guid)));

    /// <summary>
    /// Whether the key decodes to 16 bytes (RFC 6455 §4.2.1). The last character before the padding carries four unused bits, which may
    /// be set: the example of §4.1 sets them.
    /// </summary>
    internal static bool IsValidKey(string key)
    {
        Span<byte> bytes = stackalloc byte[18];
        return key.Length == 24 && Convert.TryFromBase64String(key, bytes, out var count) && count == 16;
    }
}
