namespace WsActors.Conformance.Tests.Script;

/// <summary>Payloads of any size.</summary>
internal static class Samples
{
    public const int KiB = 1024;

    public const int MiB = 1024 * KiB;

    private const int Largest = (16 * MiB) + 1;

    // One octet, then characters of three: a kibibyte ends with a character, yet no power of two above it cuts the text between two.
    private static readonly byte[] Characters = Filled([.. "€"u8]);

    private static readonly byte[] Octets = Filled([.. Enumerable.Range(0, 251).Select(static i => (byte)(i * 7))]);

    private static readonly byte[] Alphabet = Filled([.. "abcdefghijklmnopqrstuvwxyz"u8]);

    /// <summary>ASCII.</summary>
    public static ReadOnlyMemory<byte> Letters(int size) => Alphabet.AsMemory(0, size);

    /// <summary>Text with characters of several octets. The size is 1, 4, 16, 64 or 256 octets, or whole kibibytes.</summary>
    public static ReadOnlyMemory<byte> Utf8(int size) => Characters.AsMemory(0, size);

    /// <summary>No text at all.</summary>
    public static ReadOnlyMemory<byte> Noise(int size) => Octets.AsMemory(0, size);

    private static byte[] Filled(byte[] pattern)
    {
        var all = new byte[Largest];
        for (var i = 0; i < all.Length; i++)
        {
            var inKibibyte = i % KiB;
            all[i] = inKibibyte == 0 ? (byte)'=' : pattern[(inKibibyte - 1) % pattern.Length];
        }

        return all;
    }
}
