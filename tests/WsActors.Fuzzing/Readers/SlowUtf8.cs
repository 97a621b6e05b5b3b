namespace WsActors.Fuzzing.Readers;

/// <summary>
/// UTF-8 a byte at a time, by arithmetic instead of by table: a prefix is possible while some character between its least and its
/// greatest completion is one that UTF-8 may encode so.
/// </summary>
internal struct SlowUtf8
{
    private int _value;
    private int _missing;
    private int _least;

    public readonly bool IsComplete => _missing == 0;

    public bool TryAdvance(ReadOnlySpan<byte> bytes)
    {
        foreach (var octet in bytes)
        {
            if (!TryAdvance(octet))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryAdvance(byte octet)
    {
        if (_missing > 0)
        {
            if ((octet & 0b1100_0000) != 0b1000_0000)
            {
                return false;
            }

            _value = (_value << 6) | (octet & 0b0011_1111);
            _missing--;
        }
        else
        {
            (_value, _missing, _least) = octet switch
            {
                < 0b1000_0000 => (octet, 0, 0),
                < 0b1100_0000 => (-1, 0, 0),
                < 0b1110_0000 => (octet & 0b0001_1111, 1, 0x80),
                < 0b1111_0000 => (octet & 0b0000_1111, 2, 0x800),
                < 0b1111_1000 => (octet & 0b0000_0111, 3, 0x1_0000),
                _ => (-1, 0, 0),
            };
        }

        var lowest = _value << (6 * _missing);
        var highest = lowest + (1 << (6 * _missing)) - 1;
        var onlySurrogates = lowest >= 0xD800 && highest <= 0xDFFF;
        return _value >= 0 && highest >= _least && lowest <= 0x10_FFFF && !onlySurrogates;
    }
}
