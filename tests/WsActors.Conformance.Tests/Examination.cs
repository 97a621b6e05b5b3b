using System.Buffers.Binary;
using System.Text;
using WsActors.Conformance.Tests.Script;

namespace WsActors.Conformance.Tests;

/// <summary>Puts one case to one endpoint, whichever role it has. There is no almost: the first difference throws.</summary>
internal sealed class Examination(IPeer peer)
{
    private readonly FrameReader _answers = new(peer);

    public static async Task Pass(Case asked, IPeer peer)
    {
        var examination = new Examination(peer);
        foreach (var step in asked.Steps)
        {
            await examination.Pass(step);
            if (step.Expect.CloseCode is not null)
            {
                return;
            }
        }

        // An open endpoint answers a close frame, without further frames.
        await examination.Pass(new Step(Vocabulary.Send(Vocabulary.Close(1000)), Vocabulary.Closes(1000)));
    }

    private async Task Pass(Step step)
    {
        var sending = Send(step.Send);
        foreach (var expected in step.Expect.Frames)
        {
            var came = await _answers.Read();
            Assert.True(
                came.Opcode == expected.Opcode && came.Payload.Span.SequenceEqual(expected.Payload.Span),
                $"{Describe(expected)} was expected, and {Describe(came)} came.");
        }

        if (step.Expect.CloseCode is { } code)
        {
            var close = await _answers.Read();
            Assert.True(
                close.Opcode == Frame.Close && CodeOf(close) == code,
                $"A close with {code} was expected, and {Describe(close)} came.");
            await _answers.ReadEnd();
        }

        await sending;
    }

    private async Task Send(Sending sending)
    {
        foreach (var piece in sending.Pieces(masked: !peer.IsClient))
        {
            await peer.Send(piece);
        }
    }

    /// <summary>The code, 1005 without one; the payload is judged, too (RFC 6455 §5.5.1).</summary>
    private static int CodeOf(Frame close)
    {
        var payload = close.Payload.Span;
        Assert.True(payload.Length is 0 or (>= 2 and <= 125), $"A close frame of {payload.Length} octets came.");
        return payload.IsEmpty ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(payload);
    }

    private static string Describe(Frame frame)
    {
        var start = frame.Payload.Span[..Math.Min(48, frame.Payload.Length)];
        return $"opcode {frame.Opcode:X} with {frame.Payload.Length} octets ({Convert.ToHexString(start)} "
            + $"\"{Encoding.UTF8.GetString(start)}\")";
    }
}
