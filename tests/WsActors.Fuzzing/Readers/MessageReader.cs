using WsActors.Protocol;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Messages;

namespace WsActors.Fuzzing.Readers;

/// <summary>Reads messages and control frames, to a close or a violation and past it.</summary>
/// <param name="role">The end that reads.</param>
/// <param name="limits">The limits of one message.</param>
/// <param name="inflater">For compressed messages, if they are agreed on.</param>
internal sealed class MessageReader(Role role, MessageLimits limits, Inflater? inflater = null) : IReader
{
    private readonly StreamParser _parser = new(role, limits, inflater);

    public void Take(ReadOnlySpan<byte> chunk, Reading reading)
    {
        while (TryRead(ref chunk, reading, out var fact))
        {
            Note(fact, reading);
        }

        Reading.Require(chunk.IsEmpty, "A parser that needs more has taken all there was.");
        Reading.Require(
            inflater is not null || _parser.MessageBytes <= (limits.MaxChunkBytes ?? limits.MaxMessageBytes),
            "No message grows past the limit.");
    }

    public void Finish(Reading reading) => reading.End(
        _parser.IsMidFrame ? "mid-frame" : _parser.MessageBytes > 0 ? "mid-message" : "",
        $"{_parser.MessageBytes} {_parser.FramesRead}");

    public void Dispose() => _parser.Dispose();

    private bool TryRead(ref ReadOnlySpan<byte> chunk, Reading reading, out StreamEvent fact)
    {
        reading.StartStep();
        var isRead = _parser.TryRead(ref chunk, out fact);
        reading.EndStep();
        return isRead;
    }

    private void Note(in StreamEvent fact, Reading reading)
    {
        switch (fact.Kind)
        {
            case StreamEventKind.Message:
                Reading.Require(fact.Payload.Length <= limits.MaxMessageBytes, "No message is longer than the limit.");
                Reading.Require(fact.MessageKind == MessageKind.Binary || IsUtf8(fact.Payload.Span), "Text is UTF-8.");
                reading.Add($"{fact.MessageKind}", fact.Payload.Length, Reading.Text(fact.Payload.Span));
                break;
            case StreamEventKind.Chunk:
                Reading.Require(fact.Payload.Length <= limits.MaxChunkBytes, "No chunk is longer than the limit.");
                Reading.Require(
                    fact.MessageKind == MessageKind.Binary || IsUtf8(fact.Payload.Span), "Of a text, a chunk has whole characters.");
                Reading.Require(fact.IsLast || !fact.Payload.IsEmpty, "Only the last chunk may be empty.");
                reading.Add($"{(fact.IsLast ? "Last" : "Chunk")} {fact.MessageKind}", fact.Payload.Length, Reading.Text(fact.Payload.Span));
                break;
            case StreamEventKind.Close:
                Reading.Require(
                    fact.CloseCode == CloseCode.NoStatus || CloseCode.MayBeSent(fact.CloseCode), "A close has a code that may be sent.");
                reading.AddLast(fact.CloseCode < 3000 ? $"Close {fact.CloseCode}" : "Close", $"{fact.CloseCode} {fact.CloseReason}");
                break;
            case StreamEventKind.Violation:
                reading.AddLast(Documented.Text(fact.Violation));
                break;
            default:
                Reading.Require(fact.Payload.Length <= 125, "A control frame carries 125 bytes at most.");
                reading.Add($"{fact.Kind}", fact.Payload.Length, Reading.Text(fact.Payload.Span));
                break;
        }
    }

    private static bool IsUtf8(ReadOnlySpan<byte> text) => System.Text.Unicode.Utf8.IsValid(text);
}
