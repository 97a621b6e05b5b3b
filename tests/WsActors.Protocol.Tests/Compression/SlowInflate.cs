namespace WsActors.Protocol.Tests.Compression;

/// <summary>
/// RFC 1951 by hand, bit by bit: the slow reference of the inflater. One instance is one context. It keeps its whole output, so that it
/// knows how far back the data refers.
/// </summary>
internal sealed class SlowInflate
{
    private static readonly int[] LengthBase =
        [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    private static readonly int[] LengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static readonly int[] DistanceBase =
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289,
        16385, 24577,
    ];

    private static readonly int[] LengthsOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private static readonly Code FixedLiterals =
        new([.. Enumerable.Range(0, 288).Select(static symbol => symbol switch { < 144 => 8, < 256 => 9, < 280 => 7, _ => 8 })]);

    private static readonly Code FixedDistances = new([.. Enumerable.Repeat(5, 30), 0, 0], isComplete: false);

    private readonly List<byte> _made = [];

    private byte[] _data = [];

    private int _bit;

    /// <summary>The furthest that the data referred back so far; zero for never.</summary>
    public int GreatestDistance { get; private set; }

    /// <summary>
    /// Inflates one message (RFC 7692 §7.2.2). It has to end with an empty stored block, whose last four bytes the sender cut off; or with
    /// a last block, or have no bytes at all, as some senders have it.
    /// </summary>
    /// <exception cref="InvalidDataException">It is not DEFLATE data, or not all of it.</exception>
    public byte[] Message(ReadOnlySpan<byte> compressed)
    {
        (_data, _bit) = ([.. compressed, 0x00, 0x00, 0xFF, 0xFF], 0);
        var start = _made.Count;
        var isWhole = compressed.IsEmpty;
        while (_bit < 8 * compressed.Length)
        {
            isWhole = ReadBlock();
        }

        Require(isWhole, "cut");
        return [.. _made[start..]];
    }

    /// <summary>Whether the message may end here.</summary>
    private bool ReadBlock()
    {
        var isLast = Bits(1) == 1;
        var isEmptyStored = false;
        switch (Bits(2))
        {
            case 0:
                isEmptyStored = ReadStored() == 0;
                break;
            case 1:
                ReadCompressed(FixedLiterals, FixedDistances);
                break;
            case 2:
                ReadDynamic();
                break;
            default:
                throw new InvalidDataException("block type 3");
        }

        // RFC 7692 §7.2.1: data after a final block starts at the next byte.
        _bit = isLast ? (_bit + 7) / 8 * 8 : _bit;
        return isLast || isEmptyStored;
    }

    private int ReadStored()
    {
        _bit = (_bit + 7) / 8 * 8;
        var length = Bits(16);
        Require(length == (Bits(16) ^ 0xFFFF), "stored length");
        for (var i = 0; i < length; i++)
        {
            _made.Add((byte)Bits(8));
        }

        return length;
    }

    private void ReadDynamic()
    {
        var (literals, distances, order) = (Bits(5) + 257, Bits(5) + 1, Bits(4) + 4);
        Require(literals <= 286 && distances <= 30, "too many symbols");
        var orderLengths = new int[19];
        for (var i = 0; i < order; i++)
        {
            orderLengths[LengthsOrder[i]] = Bits(3);
        }

        var lengths = ReadLengths(new(orderLengths), literals + distances);
        Require(lengths[256] > 0, "no end of block");
        ReadCompressed(Sparse(lengths[..literals]), Sparse(lengths[literals..]));
    }

    private int[] ReadLengths(Code code, int count)
    {
        var lengths = new List<int>();
        while (lengths.Count < count)
        {
            var symbol = code.Read(this);
            Require(symbol != 16 || lengths.Count > 0, "nothing to repeat");
            lengths.AddRange(symbol switch
            {
                16 => Enumerable.Repeat(lengths[^1], 3 + Bits(2)),
                17 => Enumerable.Repeat(0, 3 + Bits(3)),
                18 => Enumerable.Repeat(0, 11 + Bits(7)),
                _ => [symbol],
            });
        }

        Require(lengths.Count == count, "too many lengths");
        return [.. lengths];
    }

    private void ReadCompressed(Code literals, Code distances)
    {
        while (literals.Read(this) is not 256 and var symbol)
        {
            if (symbol < 256)
            {
                _made.Add((byte)symbol);
                continue;
            }

            Require(symbol < 286, "length code");
            var length = LengthBase[symbol - 257] + Bits(LengthExtra[symbol - 257]);
            var code = distances.Read(this);
            var distance = DistanceBase[code] + Bits(Math.Max(0, (code / 2) - 1));
            Require(distance <= Math.Min(_made.Count, 32_768), "too far back");
            GreatestDistance = Math.Max(GreatestDistance, distance);
            for (var i = 0; i < length; i++)
            {
                _made.Add(_made[^distance]);
            }
        }
    }

    /// <summary>A single code, of one bit, leaves the other bit unused; none at all is never read (RFC 1951 §3.2.7).</summary>
    private static Code Sparse(int[] lengths) => new(lengths, isComplete: lengths.Max() > 1);

    /// <summary>The lowest bit of a byte first.</summary>
    private int Bits(int count)
    {
        Require(_bit + count <= 8 * _data.Length, "cut");
        var bits = 0;
        for (var i = 0; i < count; i++, _bit++)
        {
            bits |= ((_data[_bit / 8] >> (_bit % 8)) & 1) << i;
        }

        return bits;
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidDataException(what);
        }
    }

    /// <summary>A canonical Huffman code (RFC 1951 §3.2.2).</summary>
    private sealed class Code
    {
        /// <summary>By length, then by value.</summary>
        private readonly int[] _symbols;

        /// <summary>The number of symbols of each bit length.</summary>
        private readonly int[] _counts = new int[16];

        public Code(int[] lengths, bool isComplete = true)
        {
            _symbols = [.. Enumerable.Range(0, lengths.Length).Where(symbol => lengths[symbol] > 0).OrderBy(symbol => lengths[symbol])];
            var left = 1;
            for (var length = 1; length < _counts.Length; length++)
            {
                _counts[length] = lengths.Count(bits => bits == length);
                left = (2 * left) - _counts[length];
                Require(left >= 0, "oversubscribed");
            }

            Require(!isComplete || left == 0, "incomplete");
        }

        public int Read(SlowInflate input)
        {
            var (bits, first, before) = (0, 0, 0);
            for (var length = 1; length < _counts.Length; length++)
            {
                bits = (2 * bits) + input.Bits(1);
                first *= 2;
                if (bits - first < _counts[length])
                {
                    return _symbols[before + bits - first];
                }

                first += _counts[length];
                before += _counts[length];
            }

            throw new InvalidDataException("no such code");
        }
    }
}
