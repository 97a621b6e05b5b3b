using System.Buffers;

namespace WsActors.Conformance.Tests.Script;

/// <summary>Frames, and the cuts of the wire: none, unless the case has them.</summary>
internal sealed record Sending(IEnumerable<Frame> Frames)
{
    /// <summary>The size of a piece; null does not cut.</summary>
    private int? PieceSize { get; init; }

    private bool IsFrameWise { get; init; }

    /// <summary>The same, with each frame sent separately.</summary>
    public Sending FrameWise => this with { IsFrameWise = true };

    /// <summary>The same, with each octet sent separately.</summary>
    public Sending OctetWise => InPiecesOf(1);

    /// <summary>The same, with a number of octets sent at a time, independent of the frames.</summary>
    public Sending InPiecesOf(int octets) => this with { PieceSize = octets };

    /// <summary>The octets to send, in pieces.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces(bool masked)
    {
        foreach (var frames in IsFrameWise ? Frames.Select(static frame => (IEnumerable<Frame>)[frame]) : [Frames])
        {
            var wire = new ArrayBufferWriter<byte>();
            foreach (var frame in frames)
            {
                frame.WriteTo(wire, masked);
            }

            var size = PieceSize ?? Math.Max(1, wire.WrittenCount);
            for (var start = 0; start < wire.WrittenCount; start += size)
            {
                yield return wire.WrittenMemory.Slice(start, Math.Min(size, wire.WrittenCount - start));
            }
        }
    }
}
