using System.Text.Unicode;

namespace WsActors.Protocol.Messages;

/// <summary>
/// Checks UTF-8 that arrives in pieces (RFC 3629 §4), and refuses it at the first byte that no continuation can heal. A mutable value:
/// keep it in a field, don't copy it.
/// </summary>
public struct Utf8Validator
{
    /// <summary>The number of bytes that the open character still needs; zero between characters.</summary>
    private byte _missing;

    /// <summary>The least that the next byte of the open character may be. Above 80 after E0 and F0, whose low range is overlong.</summary>
    private byte _lowest;

    /// <summary>The most that the next byte may be. Below BF after ED, where surrogates are, and F4, past which Unicode ends.</summary>
    private byte _highest;

    /// <summary>Whether the text may end here: no character is open.</summary>
    public readonly bool IsComplete => _missing == 0;

    /// <summary>Starts over with a new text.</summary>
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

        // All but a character that the piece's end cuts goes through the vectorised check.
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

    /// <summary>One byte by the table of RFC 3629 §4.</summary>
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
