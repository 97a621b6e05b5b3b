using System.Buffers.Binary;
using WsActors.Protocol.Frames;

namespace WsActors.Fuzzing.Readers;

/// <summary>
/// The first bytes choose a key, an offset and where in memory the rest lies. The rest is masked in pieces, in place and as a copy, and
/// must come out as byte by byte; around it nothing is touched.
/// </summary>
internal sealed class MaskingTwins : IReader
{
    private const int ChoiceBytes = 6;

    private readonly List<byte> _choice = [];
    private readonly List<byte> _masked = [];
    private int _offset;

    public void Take(ReadOnlySpan<byte> chunk, Reading reading)
    {
        while (_choice.Count < ChoiceBytes && !chunk.IsEmpty)
        {
            _choice.Add(chunk[0]);
            chunk = chunk[1..];
            _offset = _choice[^1] & 0x1F;
        }

        if (!chunk.IsEmpty)
        {
            Mask(chunk, key: [.. _choice.Take(4)], alignment: _choice[4] & 0x1F, reading);
            _offset += chunk.Length;
        }
    }

    public void Finish(Reading reading) => reading.End("", Convert.ToHexString([.. _masked]));

    private void Mask(ReadOnlySpan<byte> piece, byte[] key, int alignment, Reading reading)
    {
        var expected = SlowMask(piece, key);
        var number = BinaryPrimitives.ReadUInt32LittleEndian(key);
        var room = new byte[alignment + piece.Length + 32];
        var destination = room.AsSpan(alignment, piece.Length);

        reading.StartStep();
        Masking.Apply(piece, room.AsSpan(alignment), number, _offset);
        reading.EndStep();
        Reading.Require(destination.SequenceEqual(expected), "A copy is masked as its slow twin.");
        Reading.Require(!room.AsSpan(0, alignment).ContainsAnyExcept((byte)0), "Nothing before it is touched.");
        Reading.Require(!room.AsSpan(alignment + piece.Length).ContainsAnyExcept((byte)0), "Nothing behind it is touched.");

        piece.CopyTo(destination);
        Masking.Apply(destination, number, _offset);
        Reading.Require(destination.SequenceEqual(expected), "In place it is masked as its slow twin.");
        _masked.AddRange(expected);
    }

    private byte[] SlowMask(ReadOnlySpan<byte> piece, byte[] key)
    {
        var masked = piece.ToArray();
        for (var i = 0; i < masked.Length; i++)
        {
            masked[i] ^= key[(_offset + i) % 4];
        }

        return masked;
    }
}
