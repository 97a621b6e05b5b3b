using System.Text.Unicode;

namespace WsActors.Protocol.Messages;

/// <summary>
/// Checks UTF-8 that arrives in pieces (RFC 3629 §4). It fails at the first byte after which no continuation is valid. A mutable struct:
/// keep it in a field, do not copy it.
/// </summary>
public struct Utf8Validator
{
    /// <summary>The number of bytes that the open character still needs; zero between characters.</summary>
    private byte _missing;

    /// <summary>The least valid next byte of the open character. Above 80 after E0 and F0, whose low range is overlong.</summary>
    private byte _lowest;

    /// <summary>
    /// The greatest valid next byte. Below BF after ED, because of surrogates, and after F4, because of the end of Unicode.
    /// </summary>
    private byte _highest;

    /// <summary>Whether the text may end here: no character is open.</summary>
    public readonly bool IsComplete => _missing == 0;

    /// <summary>Starts a new text.</summary>
    public void Reset() => _missing = 0;

    /// <summary>Takes the next piece of the text.</summary>
    /// <returns>False when the piece makes the text impossible; then only <see cref="Reset"/> helps.</returns>
    public bool TryAdvance(ReadOnlySpan<byte> piece)
    {
        while (_missing > 0 && !piece.IsEmpty)
        {
            if (!TryStep(piece[0]))
            {
                return false;
            }

            piece = piece[1..];
        }

        // The vectorised check takes all but an incomplete character at the piece's end.
        var whole = piece.Length - CutLength(piece);
        if (!Utf8.IsValid(piece[..whole]))
        {
            return false;
        }

        foreach (var octet in piece[whole..])
        {
            if (!TryStep(octet))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The number of bytes at the end of the piece that belong to an incomplete character.</summary>
    internal static int CutLength(ReadOnlySpan<byte> piece)
    {
        for (var length = 1; length <= Math.Min(3, piece.Length); length++)
        {
            var octet = piece[^length];
            if (octet is < 0x80 or > 0xBF)
            {
                var full = octet switch { < 0x80 => 1, < 0xE0 => 2, < 0xF0 => 3, _ => 4 };
                return length < full ? length : 0;
            }
        }

        return 0;
    }

    /// <summary>Advances by one byte (RFC 3629 §4, table of octet sequences).</summary>
    private bool TryStep(byte octet)
    {
        if (_missing > 0)
        {
            var fits = octet >= _lowest && octet <= _highest;
            (_missing, _lowest, _highest) = ((byte)(_missing - 1), 0x80, 0xBF);
            return fits;
        }

        (int Missing, byte Lowest, byte Highest) next = octet switch
        {
            < 0x80 => (0, 0, 0),
            < 0xC2 => (-1, 0, 0),
            < 0xE0 => (1, 0x80, 0xBF),
            0xE0 => (2, 0xA0, 0xBF),
            0xED => (2, 0x80, 0x9F),
            < 0xF0 => (2, 0x80, 0xBF),
            0xF0 => (3, 0x90, 0xBF),
            < 0xF4 => (3, 0x80, 0xBF),
            0xF4 => (3, 0x80, 0x8F),
            _ => (-1, 0, 0),
        };
        if (next.Missing < 0)
        {
            return false;
        }

        (_missing, _lowest, _highest) = ((byte)next.Missing, next.Lowest, next.Highest);
        return true;
    }
}
