using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WsActors.Messages;

/// <summary>
/// The value by which an entry of a sorted page is ordered: by number, then by the values of the text's characters. Immutable.
/// </summary>
/// <param name="Value">The number; of a text, whether there is one.</param>
/// <param name="Text">The text; empty where the order is by number alone.</param>
internal readonly record struct SortKey(UInt128 Value, string Text)
{
    /// <summary>A number that is not negative.</summary>
    public static SortKey Of(long number) => new((ulong)number, "");

    /// <summary>A number that is not negative. Equal ones are in the order of a text.</summary>
    public static SortKey Of(long number, string text) => new((ulong)number, text);

    public static SortKey Of(DateTimeOffset date) => Of(date.UtcTicks);

    /// <summary>A time that is not negative; null comes first.</summary>
    public static SortKey Of(TimeSpan? time) => Of(time is { Ticks: var ticks } ? ticks + 1 : 0);

    /// <summary>A text; null comes first. A lone surrogate is replaced, as between nodes: cursors and nodes must agree.</summary>
    public static SortKey Of(string? text) => text is null ? new(0, "") : new(1, WellFormed(text));

    /// <summary>An address: null, then IPv4, then IPv6.</summary>
    public static SortKey Of(IPAddress? address)
    {
        if (address is null)
        {
            return Of(0);
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? Of(BinaryPrimitives.ReadUInt32BigEndian(bytes) + 1L)
            : new(UInt128.Max((UInt128)1 << 64, BinaryPrimitives.ReadUInt128BigEndian(bytes)), "");
    }

    private static string WellFormed(string text) => text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0
        ? text
        : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
