using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Tests.Frames;

/// <summary>The facts of a <see cref="FrameParser"/>, as lines that tests compare: "Text fin 48 69", "1002 reserved bits …".</summary>
internal static class FrameReading
{
    public static List<string> Of(Role role, IEnumerable<byte[]> chunks)
    {
        var parser = new FrameParser(role);
        var lines = new List<string>();
        var payload = new List<byte>();
        FrameHeader header = default;
        Span<byte> buffer = stackalloc byte[7];
        foreach (var chunk in chunks)
        {
            ReadOnlySpan<byte> bytes = chunk;
            while (true)
            {
                if (parser.PayloadLeft == 0 && !parser.TryReadHeader(ref bytes, out header, out var violation))
                {
                    Assert.True(bytes.IsEmpty);
                    if (violation is not null)
                    {
                        lines.Add($"{violation.Code} {violation.Reason}");
                        return lines;
                    }

                    break;
                }

                while (parser.PayloadLeft > 0 && !bytes.IsEmpty)
                {
                    payload.AddRange(buffer[..parser.ReadPayload(ref bytes, buffer)]);
                }

                if (parser.PayloadLeft > 0)
                {
                    break;
                }

                Assert.Equal(header.PayloadLength, payload.Count);
                lines.Add($"{header.Opcode} {(header.Fin ? "fin" : "more")} {Wire.Hex([.. payload])}".Trim());
                payload.Clear();
            }
        }

        return lines;
    }
}
