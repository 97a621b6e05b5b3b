using WsActors.Protocol.Compression;
using WsActors.Protocol.Handshake;

namespace WsActors.Fuzzing.Readers;

/// <summary>Reads a response and checks it as a client does.</summary>
internal sealed class ResponseReader(RequestLimits limits) : IReader
{
    /// <summary>
    /// The answer of RFC 6455 §1.3. An input cannot know the random key: where it has this value, the right one is meant.
    /// </summary>
    public const string RightAnswer = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private readonly ResponseParser _parser = new(limits);

    private readonly ClientHandshake _handshake = new("example.com", "/chat", ["chat", "superchat"])
    {
        Compression = new(KeepsContext: true),
    };

    /// <summary>The bytes behind the response.</summary>
    private readonly List<byte> _rest = [];

    private ResponseParseResult? _fact;

    /// <summary>Whether the server accepted.</summary>
    public bool IsAccepted { get; private set; }

    /// <summary>The agreement on compression then; null for none.</summary>
    public DeflateAgreement? Compression { get; private set; }

    public void Take(ReadOnlySpan<byte> chunk, Reading reading)
    {
        TakeHead(ref chunk, reading);
        _rest.AddRange(chunk);
    }

    /// <summary>Consumes the response's bytes. The rest is behind it.</summary>
    public void TakeHead(ref ReadOnlySpan<byte> chunk, Reading reading)
    {
        var left = chunk.Length;
        reading.StartStep();
        var isRead = _parser.TryRead(ref chunk, out var fact);
        reading.EndStep();
        Reading.Require(_fact is null || (!isRead && chunk.Length == left), "After its one fact the parser takes no byte.");
        Reading.Require(isRead || _fact is not null || chunk.IsEmpty, "A parser that needs more has taken all there was.");
        switch (fact)
        {
            case ResponseHead head: Ask(head, reading); break;
            case BadResponse bad: reading.AddLast(Documented.Sentence(bad.Reason)); break;
        }

        _fact ??= fact;
    }

    /// <summary>After a bad response reading stops: the unread part of the chunk has no meaning.</summary>
    public void Finish(Reading reading) => reading.End(
        _fact is null ? "more" : "",
        _fact is ResponseHead ? Convert.ToHexString([.. _rest]) : "");

    private void Ask(ResponseHead head, Reading reading)
    {
        Reading.Require(head.Status is >= 100 and <= 999, "A status has three digits.");
        Reading.Require(head.Headers.Count <= limits.MaxHeaders, "No more headers are kept than the limit.");
        reading.Add("Response", head.Headers.Count, $"{head.Status}");
        foreach (var header in head.Headers)
        {
            reading.Add("Header", header.Value.Length, $"{header.Name}: {header.Value}");
        }

        var answered = head with { Headers = [.. head.Headers.Select(Answered)] };
        reading.StartStep();
        IsAccepted = _handshake.Check(answered, out var agreement, out var failure);
        reading.EndStep();
        Reading.Require(IsAccepted == (failure is null), "Who is not accepted is told why.");
        if (failure is null)
        {
            Compression = agreement?.Compression;
            reading.Add(Compression is null ? "Accepted" : "Accepted compressed", 0, $"{agreement}");
        }
        else
        {
            reading.AddLast(Documented.Sentence(failure));
        }
    }

    private HttpHeader Answered(HttpHeader header) =>
        header.Value == RightAnswer ? new(header.Name, AcceptKey.For(_handshake.Key)) : header;
}
