using WsActors.Protocol.Messages;
using WsActors.Protocol.Tests.Frames;

namespace WsActors.Protocol.Tests.Messages;

/// <summary>The facts of a <see cref="StreamParser"/>, as lines to compare: "Text 48 69", "Close 1000 bye", "Violation 1002".</summary>
internal static class Facts
{
    public static readonly MessageLimits Limits = new();

    /// <summary>Feeds the chunks one after the other, and checks that each is consumed.</summary>
    public static List<string> Of(StreamParser parser, params IEnumerable<byte[]> chunks)
    {
        var facts = new List<string>();
        foreach (var chunk in chunks)
        {
            ReadOnlySpan<byte> bytes = chunk;
            while (parser.TryRead(ref bytes, out var fact))
            {
                facts.Add(Line(fact));
            }

            Assert.True(bytes.IsEmpty);
        }

        return facts;
    }

    /// <summary>Reads the same bytes cut in every way.</summary>
    public static void AssertRead(Role role, MessageLimits limits, string wire, params string[] facts)
    {
        foreach (var chunks in Splits.Of(Wire.Bytes(wire)))
        {
            var parser = new StreamParser(role, limits);
            Assert.Equal(facts, Of(parser, chunks));
            Assert.Empty(Of(parser, Array.Empty<byte>()));
        }
    }

    /// <summary>The last byte, and none before it, breaks a rule; cut in every way.</summary>
    public static void AssertClosedWith(int code, string wire, MessageLimits? limits = null, Role role = Role.Client)
    {
        var bytes = Wire.Bytes(wire);
        Assert.DoesNotContain(Of(new(role, limits ?? Limits), bytes[..^1]), IsViolation);
        foreach (var chunks in Splits.Of(bytes))
        {
            Assert.Equal($"Violation {code}", Of(new(role, limits ?? Limits), chunks)[^1]);
        }
    }

    public static bool IsViolation(string fact) => fact.StartsWith("Violation", StringComparison.Ordinal);

    public static string Line(in StreamEvent fact) => fact.Kind switch
    {
        StreamEventKind.Message => $"{fact.MessageKind} {Wire.Hex(fact.Payload.Span)}".Trim(),
        StreamEventKind.Chunk => $"{(fact.IsLast ? "Last" : "Chunk")} {fact.MessageKind} {Wire.Hex(fact.Payload.Span)}".Trim(),
        StreamEventKind.Close => $"Close {fact.CloseCode} {fact.CloseReason}".Trim(),
        StreamEventKind.Violation => $"Violation {Documented(fact.Violation).Code}",
        _ => $"{fact.Kind} {Wire.Hex(fact.Payload.Span)}".Trim(),
    };

    /// <summary>Every violation that any test meets fits a close frame and can be sent.</summary>
    private static Violation Documented(Violation violation)
    {
        Assert.Contains(violation.Code, new[] { 1002, 1007, 1008, 1009 });
        Assert.InRange(violation.Reason.Length, 1, 123);
        Assert.All(violation.Reason, static letter => Assert.InRange(letter, ' ', '~'));
        return violation;
    }
}
