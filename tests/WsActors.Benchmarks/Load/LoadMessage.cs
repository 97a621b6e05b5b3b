using System.Buffers;
using System.IO.Compression;
using WsActors.Benchmarks.Core;
using WsActors.Protocol;
using WsActors.Protocol.Frames;

namespace WsActors.Benchmarks.Load;

/// <summary>The message that all connections send again and again: made once, masked once, and compressed once.</summary>
internal sealed class LoadMessage
{
    private const int MostBytesAtOnce = 64 * 1024;

    private readonly byte[] _payload;
    private readonly byte[] _frames;

    // The decompressed form of the last correct echo: the next echo of the same bytes is not inflated.
    private byte[] _knownGood = [];

    /// <param name="size">Bytes of payload: text in ASCII.</param>
    /// <param name="isBinary">Whether it is sent as such.</param>
    /// <param name="isCompressed">Whether it is compressed, as a message that refers to none before it (RFC 7692 §7.2.1).</param>
    public LoadMessage(int size, bool isBinary = false, bool isCompressed = false)
    {
        _payload = Samples.Text("ascii", size);
        Opcode = isBinary ? Opcode.Binary : Opcode.Text;
        var frame = new ArrayBufferWriter<byte>();
        FrameWriter.Write(frame, Role.Client, Opcode, isCompressed ? Compress(_payload) : _payload, rsv1: isCompressed);
        FrameBytes = frame.WrittenCount;
        AtOnce = Math.Max(1, MostBytesAtOnce / FrameBytes);
        _frames = [.. Enumerable.Repeat(frame.WrittenSpan.ToArray(), AtOnce).SelectMany(static bytes => bytes)];
    }

    public Opcode Opcode { get; }

    public ReadOnlySpan<byte> Payload => _payload;

    /// <summary>Bytes of one frame on the wire.</summary>
    public int FrameBytes { get; }

    /// <summary>The most messages that <see cref="Frames"/> gives in one piece.</summary>
    public int AtOnce { get; }

    /// <summary>A number of messages, one after the other, in the form of a client.</summary>
    public ReadOnlySpan<byte> Frames(int count) => _frames.AsSpan(0, count * FrameBytes);

    /// <summary>Whether a compressed message is this one.</summary>
    public bool IsCompressedTo(ReadOnlySpan<byte> compressed)
    {
        if (compressed.SequenceEqual(_knownGood))
        {
            return true;
        }

        var isSame = Decompress(compressed).AsSpan().SequenceEqual(_payload);
        if (isSame)
        {
            _knownGood = compressed.ToArray();
        }

        return isSame;
    }

    // RFC 7692 §7.2.1: flushed, and without the four bytes that every flush ends with.
    private static byte[] Compress(byte[] payload)
    {
        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, CompressionLevel.Fastest);
        deflate.Write(payload);
        deflate.Flush();
        return output.ToArray()[..^4];
    }

    private static byte[] Decompress(ReadOnlySpan<byte> compressed)
    {
        using var input = new MemoryStream([.. compressed, 0, 0, 0xFF, 0xFF]);
        using var inflate = new DeflateStream(input, CompressionMode.Decompress);
        using var output = new MemoryStream();
        try
        {
            inflate.CopyTo(output);
        }
        catch (InvalidDataException)
        {
            return [];
        }

        return output.ToArray();
    }
}
