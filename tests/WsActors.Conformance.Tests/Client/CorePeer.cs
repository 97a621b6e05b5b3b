using System.Buffers;
using System.IO.Compression;
using WsActors.Protocol;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;

namespace WsActors.Conformance.Tests.Client;

/// <summary>
/// A client of the protocol core only: it gets octets, answers each fact of the core, and writes with the core's writer. All rules are the
/// core's; the driver adds none, not even the stop after a close. It does not wait: a missing answer after the last octet will never come.
/// </summary>
internal sealed class CorePeer(MessageLimits limits, DeflateAgreement? compression = null) : IPeer
{
    private readonly StreamParser _stream = new(Role.Client, limits, compression?.CreateInflater(Role.Client));

    private readonly Deflater? _deflater = compression?.CreateDeflater(Role.Client, CompressionLevel.Fastest);

    private readonly ArrayBufferWriter<byte> _answers = new();

    /// <summary>The number of octets read of the answers.</summary>
    private int _read;

    private bool _hasEnded;

    public bool IsClient => true;

    public Task Send(ReadOnlyMemory<byte> piece)
    {
        var octets = piece.Span;
        while (_stream.TryRead(ref octets, out var fact))
        {
            AnswerTo(fact);
        }

        return Task.CompletedTask;
    }

    public Task<int> Read(Memory<byte> buffer)
    {
        var left = _answers.WrittenMemory[_read..];
        Assert.False(left.IsEmpty && !_hasEnded, "Nothing came.");
        var count = Math.Min(left.Length, buffer.Length);
        left[..count].CopyTo(buffer);
        _read += count;
        return Task.FromResult(count);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _deflater?.Dispose();
    }

    private void AnswerTo(in StreamEvent fact)
    {
        switch (fact.Kind)
        {
            case StreamEventKind.Message:
                var opcode = fact.MessageKind == MessageKind.Text ? Opcode.Text : Opcode.Binary;
                Echo(opcode, fact.Payload.Span);
                break;
            case StreamEventKind.Ping:
                FrameWriter.Write(_answers, Role.Client, Opcode.Pong, fact.Payload.Span);
                break;
            case StreamEventKind.Close:
                EndWith(fact.CloseCode == CloseCode.NoStatus ? null : fact.CloseCode, "");
                break;
            case StreamEventKind.Violation:
                EndWith(fact.Violation.Code, fact.Violation.Reason);
                break;
        }
    }

    private void Echo(Opcode opcode, ReadOnlySpan<byte> message)
    {
        var shorter = new byte[message.Length + Deflater.FirstMessageOverheadBytes];
        var length = _deflater?.Compress(message, shorter) ?? 0;
        FrameWriter.Write(_answers, Role.Client, opcode, length > 0 ? shorter.AsSpan(0, length) : message, rsv1: length > 0);
    }

    private void EndWith(int? code, string reason)
    {
        FrameWriter.WriteClose(_answers, Role.Client, code, reason);
        _hasEnded = true;
    }
}
