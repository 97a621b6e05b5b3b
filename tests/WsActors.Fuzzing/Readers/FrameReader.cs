using WsActors.Protocol;
using WsActors.Protocol.Frames;

namespace WsActors.Fuzzing.Readers;

/// <summary>Reads frames into a buffer that is too small for many of them.</summary>
internal sealed class FrameReader(Role role) : IReader
{
    private readonly FrameParser _parser = new(role);
    private readonly byte[] _buffer = new byte[7];
    private readonly List<byte> _payload = [];

    /// <summary>The frame whose payload is read; null between frames.</summary>
    private FrameHeader? _open;

    private Violation? _violation;

    public void Take(ReadOnlySpan<byte> chunk, Reading reading)
    {
        while (_open is null ? ReadHeader(ref chunk, reading) : ReadPayload(ref chunk, reading))
        {
            if (_open is { } frame && _parser.PayloadLeft == 0)
            {
                reading.Add($"{frame.Opcode} {(frame.Fin ? "fin" : "more")}", _payload.Count, Reading.Text([.. _payload]));
                Reading.Require(_payload.Count == frame.PayloadLength, "A frame has the length that its header says.");
                _payload.Clear();
                _open = null;
            }
        }

        Reading.Require(chunk.IsEmpty || _violation is not null, "A parser that needs more has taken all there was.");
    }

    public void Finish(Reading reading) => reading.End(
        (_violation, _parser.IsMidFrame) switch { (not null, _) => "refused", (_, true) => "mid-frame", _ => "between frames" },
        _violation is null ? $"{_parser.PayloadLeft}" : "");

    private bool ReadHeader(ref ReadOnlySpan<byte> chunk, Reading reading)
    {
        reading.StartStep();
        var isRead = _parser.TryReadHeader(ref chunk, out var header, out var violation);
        reading.EndStep();
        _open = isRead ? header : null;
        if (violation is not null && _violation is null)
        {
            reading.AddLast(Documented.Text(violation));
        }

        Reading.Require(_violation is null || ReferenceEquals(_violation, violation), "A refused parser stays refused.");
        _violation = violation;
        return isRead;
    }

    private bool ReadPayload(ref ReadOnlySpan<byte> chunk, Reading reading)
    {
        reading.StartStep();
        var count = _parser.ReadPayload(ref chunk, _buffer);
        reading.EndStep();
        _payload.AddRange(_buffer.AsSpan(0, count));
        return count > 0;
    }
}
