using System.Collections.Frozen;
using System.Text;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// What most requests say in the same words: one string of each for all connections, which keep what they were asked for as long as they live.
/// </summary>
internal static class CommonTexts
{
    private const int Longest = 64;

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        "GET", "HEAD", "/",
        "Host", "Connection", "Upgrade", "Origin", "Cookie", "Authorization", "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Pragma", "Cache-Control",
        "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol",
        "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
        "websocket", "keep-alive", "keep-alive, Upgrade", "13", "no-cache", "*/*", "gzip, deflate", "gzip, deflate, br", "gzip, deflate, br, zstd",
        "permessage-deflate", "permessage-deflate; client_max_window_bits").GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The text of bytes in Latin-1.</summary>
    public static string Of(ReadOnlySpan<byte> latin1)
    {
        if (latin1.Length > Longest)
        {
            return Encoding.Latin1.GetString(latin1);
        }

        Span<char> room = stackalloc char[Longest];
        var text = room[..Encoding.Latin1.GetChars(latin1, room)];
        return Known.TryGetValue(text, out var known) ? known : text.ToString();
    }
}
