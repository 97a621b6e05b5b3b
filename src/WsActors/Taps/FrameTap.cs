using WsActors.Protocol.Frames;

namespace WsActors.Taps;

/// <summary>
/// The frames of one direction of a connection, parsed a second time from the bytes on the wire. Part of a <see cref="ConnectionTap"/>.
/// </summary>
/// <param name="parser">A parser at the place of the next byte.</param>
/// <param name="skippedBytes">The bytes left of a frame whose start the parser has not read.</param>
/// <param name="shownBytes">The bytes of each payload to show.</param>
/// <param name="onFrame">Told the header and the shown part of each frame.</param>
internal sealed class FrameTap(FrameParser parser, long skippedBytes, int shownBytes, Action<FrameHeader, byte[]> onFrame)
{
    private const int DiscardedAtOnce = 1024;

    private long _skippedBytes = skippedBytes;

    /// <summary>The header of a frame that was not reported yet; null between frames, and in the rest of a payload.</summary>
    private FrameHeader? _header;

    private byte[] _shown = [];

    /// <summary>The number of bytes in <see cref="_shown"/>.</summary>
    private int _count;

    /// <summary>Reads the next bytes. After a header that breaks a rule there are no more frames.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        var skipped = (int)Math.Min(_skippedBytes, bytes.Length);
        _skippedBytes -= skipped;
        bytes = bytes[skipped..];
        do
        {
            if (_header is { } header)
            {
                _count += parser.ReadPayload(ref bytes, _shown.AsSpan(_count));
                if (_count < _shown.Length)
                {
                    return;
                }

                _header = null;
                onFrame(header, _shown);
            }
        }
        while (TryDiscardPayload(ref bytes) && TryStart(ref bytes));
    }

    private bool TryStart(ref ReadOnlySpan<byte> bytes)
    {
        if (!parser.TryReadHeader(ref bytes, out var header, out _))
        {
            return false;
        }

        (_header, _shown, _count) = (header, new byte[Math.Min(shownBytes, header.PayloadLength)], 0);
        return true;
    }

    private bool TryDiscardPayload(ref ReadOnlySpan<byte> bytes)
    {
        Span<byte> discarded = stackalloc byte[DiscardedAtOnce];
        while (parser.PayloadLeft > 0 && !bytes.IsEmpty)
        {
            parser.ReadPayload(ref bytes, discarded);
        }

        return parser.PayloadLeft == 0;
    }
}
