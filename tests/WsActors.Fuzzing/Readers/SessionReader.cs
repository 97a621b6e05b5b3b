using WsActors.Protocol;
using WsActors.Protocol.Messages;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Fuzzing.Readers;

/// <summary>A frame of the session subprotocol, as text and as binary: it is written again unchanged, or a rule is named.</summary>
internal sealed class SessionReader(Role sender) : IReader
{
    private readonly List<byte> _bytes = [];

    public void Take(ReadOnlySpan<byte> chunk, Reading reading) => _bytes.AddRange(chunk);

    public void Finish(Reading reading)
    {
        byte[] bytes = [.. _bytes];
        reading.End($"{Read(MessageKind.Text)}, {Read(MessageKind.Binary)}");

        string Read(MessageKind kind)
        {
            reading.StartStep();
            var isFrame = SessionFrameReader.TryRead(sender, kind, bytes, out var frame, out var violation);
            var written = isFrame ? Write(frame) : bytes;
            reading.EndStep();
            Reading.Require(written.Span.SequenceEqual(bytes), "There is one way to write a frame.");
            Reading.Require(
                violation is null or { Code: SessionProtocol.BrokenCode, Reason.Length: <= 123 }, "A violation fits a close frame.");
            return isFrame ? $"{frame.Kind}" : Documented.Sentence(violation!.Reason + ".");
        }
    }

    private static ReadOnlyMemory<byte> Write(in SessionFrame frame) => frame.Kind switch
    {
        SessionFrameKind.Hello => SessionFrameWriter.Hello(),
        SessionFrameKind.Resume => SessionFrameWriter.Resume(frame.Token, frame.Epoch, frame.Offset),
        SessionFrameKind.Welcome => SessionFrameWriter.Welcome(frame.Token, frame.Epoch, frame.Recovery, frame.Offset),
        SessionFrameKind.Message => SessionFrameWriter.Message(frame.Offset, frame.Payload.Span),
        SessionFrameKind.Ping => SessionFrameWriter.Ping(),
        SessionFrameKind.Pong => SessionFrameWriter.Pong(),
        _ => SessionFrameWriter.Ack(frame.Offset),
    };
}
