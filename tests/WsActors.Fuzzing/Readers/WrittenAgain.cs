using System.Buffers;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;

namespace WsActors.Fuzzing.Readers;

/// <summary>Facts of a client, written by a server, are read by a client as the same facts.</summary>
internal sealed class WrittenAgain(MessageLimits limits) : IReader
{
    private readonly StreamParser _server = new(Role.Server, limits);
    private readonly StreamParser _client = new(Role.Client, limits);
    private readonly ArrayBufferWriter<byte> _output = new();

    public void Take(ReadOnlySpan<byte> chunk, Reading reading)
    {
        while (TryRead(_server, ref chunk, reading, out var fact))
        {
            Write(fact);
            var bytes = _output.WrittenSpan;
            Reading.Require(TryRead(_client, ref bytes, reading, out var again), "What is written can be read.");
            Reading.Require(bytes.IsEmpty && !_client.IsMidFrame, "One fact is written as one frame.");
            Reading.Require(Text(again) == Text(AsRead(fact)), $"{Text(fact)} was written, and {Text(again)} read.");
            reading.Add($"{fact.Kind}", fact.Payload.Length, Text(fact));
            _output.ResetWrittenCount();
        }
    }

    public void Finish(Reading reading) => reading.End("", $"{_server.FramesRead}");

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
    }

    private static bool TryRead(StreamParser parser, ref ReadOnlySpan<byte> bytes, Reading reading, out StreamEvent fact)
    {
        reading.StartStep();
        var isRead = parser.TryRead(ref bytes, out fact);
        reading.EndStep();
        return isRead;
    }

    private void Write(in StreamEvent fact)
    {
        switch (fact.Kind)
        {
            case StreamEventKind.Message:
                var opcode = fact.MessageKind == MessageKind.Text ? Opcode.Text : Opcode.Binary;
                FrameWriter.Write(_output, Role.Server, opcode, fact.Payload.Span);
                break;
            case StreamEventKind.Ping:
                FrameWriter.Write(_output, Role.Server, Opcode.Ping, fact.Payload.Span);
                break;
            case StreamEventKind.Pong:
                FrameWriter.Write(_output, Role.Server, Opcode.Pong, fact.Payload.Span);
                break;
            case StreamEventKind.Close:
                FrameWriter.WriteClose(
                    _output, Role.Server, fact.CloseCode == CloseCode.NoStatus ? null : fact.CloseCode, fact.CloseReason);
                break;
            case StreamEventKind.Violation:
                FrameWriter.WriteClose(_output, Role.Server, fact.Violation.Code, fact.Violation.Reason);
                break;
        }
    }

    /// <summary>The peer learns of a violation by a close.</summary>
    private static StreamEvent AsRead(in StreamEvent fact) =>
        fact.Kind == StreamEventKind.Violation ? StreamEvent.ForClose(fact.Violation.Code, fact.Violation.Reason) : fact;

    private static string Text(in StreamEvent fact) =>
        $"{fact.Kind} {fact.MessageKind} {Convert.ToHexString(fact.Payload.Span)} {fact.CloseCode} {fact.CloseReason}";
}
