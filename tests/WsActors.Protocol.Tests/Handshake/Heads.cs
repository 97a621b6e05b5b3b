using System.Text;
using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

/// <summary>Feeds heads, written as strings with one character a byte, to the parsers, and returns the facts as text.</summary>
internal static class Heads
{
    public const string Nothing = "(needs more)";

    /// <summary>The characters that stand for the bytes of a text in UTF-8.</summary>
    public static string Utf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    public static byte[] Wire(string text) => Encoding.Latin1.GetBytes(text);

    public static RequestParseResult? Parse(string wire, RequestLimits? limits = null)
    {
        ReadOnlySpan<byte> bytes = Wire(wire);
        new RequestParser(limits ?? new()).TryRead(ref bytes, out var fact);
        return fact;
    }

    public static ResponseParseResult? ParseResponse(string wire, RequestLimits? limits = null)
    {
        ReadOnlySpan<byte> bytes = Wire(wire);
        new ResponseParser(limits ?? new()).TryRead(ref bytes, out var fact);
        return fact;
    }

    public static RequestHead AssertRequest(string wire, RequestLimits? limits = null) =>
        Assert.IsType<RequestHead>(Parse(wire, limits));

    public static Refusal AssertRefusedWith(int status, string wire, RequestLimits? limits = null)
    {
        var refusal = Assert.IsType<Refusal>(Parse(wire, limits));
        Assert.Equal(status, refusal.Status);
        AssertSentence(refusal.Reason);
        return refusal;
    }

    public static BadResponse AssertBadResponse(string wire, RequestLimits? limits = null)
    {
        var bad = Assert.IsType<BadResponse>(ParseResponse(wire, limits));
        AssertSentence(bad.Reason);
        return bad;
    }

    /// <summary>A refusal has a reason in words.</summary>
    public static void AssertSentence(string reason) => Assert.Matches("^[A-Z][ -~]{20,}[.]$", reason);

    /// <summary>The fact, and after a request the remaining bytes: those of an upgrade are frames.</summary>
    public static string ReadRequest(byte[][] chunks, RequestLimits? limits = null)
    {
        var parser = new RequestParser(limits ?? new());
        for (var i = 0; i < chunks.Length; i++)
        {
            ReadOnlySpan<byte> bytes = chunks[i];
            if (parser.TryRead(ref bytes, out var fact))
            {
                return fact is RequestHead request
                    ? $"{request.Method} {request.Target} {request.Version}{Lines(request.Headers)}|{Rest(bytes, chunks[(i + 1)..])}"
                    : Text((Refusal)fact);
            }

            Assert.True(bytes.IsEmpty, "A parser that needs more has taken all there was.");
        }

        return Nothing;
    }

    public static string ReadResponse(byte[][] chunks, RequestLimits? limits = null)
    {
        var parser = new ResponseParser(limits ?? new());
        for (var i = 0; i < chunks.Length; i++)
        {
            ReadOnlySpan<byte> bytes = chunks[i];
            if (parser.TryRead(ref bytes, out var fact))
            {
                return fact is ResponseHead head
                    ? $"{head.Status}{Lines(head.Headers)}|{Rest(bytes, chunks[(i + 1)..])}"
                    : ((BadResponse)fact).Reason;
            }

            Assert.True(bytes.IsEmpty, "A parser that needs more has taken all there was.");
        }

        return Nothing;
    }

    public static string Text(Refusal refusal) => $"{refusal.Status} {refusal.Reason}{Lines(refusal.Headers)}";

    private static string Lines(HttpHeaders headers) => string.Concat(headers.Select(static header => $"|{header.Name}: {header.Value}"));

    private static string Rest(ReadOnlySpan<byte> bytes, byte[][] chunks) =>
        Convert.ToHexString([.. bytes, .. chunks.SelectMany(static chunk => chunk)]);
}
