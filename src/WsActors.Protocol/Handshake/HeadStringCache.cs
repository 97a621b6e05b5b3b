using System.Buffers;
using System.Collections.Frozen;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// Shares the strings that many requests repeat. Connections keep their request for their lifetime, so equal strings are stored once.
/// Well-known strings are found in a fixed set. Values of headers such as <c>Host</c> and <c>User-Agent</c> are found among the recent
/// ones. Any thread.
/// </summary>
internal static class HeadStringCache
{
    /// <summary>The longest text that is looked up. A browser's <c>User-Agent</c> has about 120 bytes.</summary>
    private const int MaxCachedBytes = 256;

    /// <summary>
    /// The number of slots for recent values; a value may be in either of two. More than the hosts and browsers in use at a time.
    /// </summary>
    private const int RecentSlots = 256;

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        "GET", "HEAD", "/",
        "Host", "Connection", "Upgrade", "Origin", "Cookie", "Authorization", "User-Agent",
        "Accept", "Accept-Encoding", "Accept-Language", "Pragma", "Cache-Control",
        "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol",
        "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
        "websocket", "keep-alive", "keep-alive, Upgrade", "13", "no-cache", "*/*",
        "gzip, deflate", "gzip, deflate, br", "gzip, deflate, br, zstd",
        "permessage-deflate", "permessage-deflate; client_max_window_bits").GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// Headers whose values many requests share. None of them may carry a secret: secrets live no longer than their connection.
    /// </summary>
    private static readonly FrozenSet<string> Repeating = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Host", "Origin", "User-Agent", "Accept-Language", "Sec-WebSocket-Extensions", "Via", "X-Forwarded-Host");

    private static readonly string?[] Recent = new string?[RecentSlots];

    /// <summary>The text of a part of a head other than a header's value.</summary>
    public static string Get(ReadOnlySpan<byte> bytes) => Get(bytes, header: "");

    /// <summary>The text of a header's value.</summary>
    public static string GetValue(string header, ReadOnlySpan<byte> bytes) => Get(bytes, header);

    private static string Get(ReadOnlySpan<byte> bytes, string header)
    {
        if (bytes.Length > MaxCachedBytes)
        {
            return ReadLong(bytes, header);
        }

        Span<char> buffer = stackalloc char[MaxCachedBytes];
        var text = buffer[..Read(bytes, header, buffer)];
        return Known.TryGetValue(text, out var known) ? known
            : Repeating.Contains(header) ? GetRecent(text)
            : text.ToString();
    }

    private static string ReadLong(ReadOnlySpan<byte> bytes, string header)
    {
        var buffer = ArrayPool<char>.Shared.Rent(bytes.Length);
        try
        {
            return new string(buffer, 0, Read(bytes, header, buffer));
        }
        finally
        {
            // The value may be a secret.
            ArrayPool<char>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static int Read(ReadOnlySpan<byte> bytes, string header, Span<char> chars) =>
        header.Equals("Cookie", StringComparison.OrdinalIgnoreCase)
            ? FieldValueEncoding.ReadCookies(bytes, chars)
            : FieldValueEncoding.Read(bytes, chars);

    private static string GetRecent(ReadOnlySpan<char> text)
    {
        var slot = (uint)string.GetHashCode(text) % RecentSlots;
        var (primary, secondary) = (Volatile.Read(ref Recent[slot]), Volatile.Read(ref Recent[slot ^ 1]));
        if (primary is not null && text.SequenceEqual(primary))
        {
            return primary;
        }

        if (secondary is not null && text.SequenceEqual(secondary))
        {
            return secondary;
        }

        // The newer of the two moves to the second slot and replaces the older. A race between threads loses an entry, nothing more.
        var recent = text.ToString();
        Volatile.Write(ref Recent[slot ^ 1], primary);
        Volatile.Write(ref Recent[slot], recent);
        return recent;
    }
}
