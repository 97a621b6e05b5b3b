using System.Buffers;
using System.Collections.Frozen;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// What requests say in the same words: one string of each for all connections, which keep what they were asked for as long as they live. Some
/// words are known, and some headers say again what they said a moment ago: this server's name, or the browser's. Any thread.
/// </summary>
internal static class HeadStringCache
{
    /// <summary>A browser tells its name in about 120.</summary>
    private const int Longest = 256;

    /// <summary>Places for what came lately, two for each to be in: a few more than pages and browsers that are in use at a time.</summary>
    private const int MostRecent = 256;

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        "GET", "HEAD", "/",
        "Host", "Connection", "Upgrade", "Origin", "Cookie", "Authorization", "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Pragma", "Cache-Control",
        "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol",
        "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
        "websocket", "keep-alive", "keep-alive, Upgrade", "13", "no-cache", "*/*", "gzip, deflate", "gzip, deflate, br", "gzip, deflate, br, zstd",
        "permessage-deflate", "permessage-deflate; client_max_window_bits").GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Headers that say the same for many. None that may carry a secret, which is kept no longer than its connection.</summary>
    private static readonly FrozenSet<string> Repeating = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Host", "Origin", "User-Agent", "Accept-Language", "Sec-WebSocket-Extensions", "Via", "X-Forwarded-Host");

    private static readonly string?[] Recent = new string?[MostRecent];

    /// <summary>The text of a part of a head that is no header's value.</summary>
    public static string Get(ReadOnlySpan<byte> bytes) => Get(bytes, header: "");

    /// <summary>The text of a header's value.</summary>
    public static string GetValue(string header, ReadOnlySpan<byte> bytes) => Get(bytes, header);

    private static string Get(ReadOnlySpan<byte> bytes, string header)
    {
        if (bytes.Length > Longest)
        {
            return ReadLong(bytes, header);
        }

        Span<char> room = stackalloc char[Longest];
        var text = room[..Read(bytes, header, room)];
        return Known.TryGetValue(text, out var known) ? known
            : Repeating.Contains(header) ? GetRecent(text)
            : text.ToString();
    }

    private static string ReadLong(ReadOnlySpan<byte> bytes, string header)
    {
        var room = ArrayPool<char>.Shared.Rent(bytes.Length);
        try
        {
            return new string(room, 0, Read(bytes, header, room));
        }
        finally
        {
            // It may be a secret.
            ArrayPool<char>.Shared.Return(room, clearArray: true);
        }
    }

    private static int Read(ReadOnlySpan<byte> bytes, string header, Span<char> chars) =>
        header.Equals("Cookie", StringComparison.OrdinalIgnoreCase) ? FieldValueEncoding.ReadCookies(bytes, chars) : FieldValueEncoding.Read(bytes, chars);

    private static string GetRecent(ReadOnlySpan<char> text)
    {
        var first = (uint)string.GetHashCode(text) % MostRecent;
        var (one, other) = (Volatile.Read(ref Recent[first]), Volatile.Read(ref Recent[first ^ 1]));
        if (one is not null && text.SequenceEqual(one))
        {
            return one;
        }

        if (other is not null && text.SequenceEqual(other))
        {
            return other;
        }

        // In place of the one that came before the other did, unless somebody else is quicker: then one is forgotten, and no more.
        var recent = text.ToString();
        Volatile.Write(ref Recent[first ^ 1], one);
        Volatile.Write(ref Recent[first], recent);
        return recent;
    }
}
