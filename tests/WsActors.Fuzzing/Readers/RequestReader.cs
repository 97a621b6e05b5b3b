using System.Buffers;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Handshake;

namespace WsActors.Fuzzing.Readers;

/// <summary>Reads a request, asks it everything that a server and a handler may, and answers it.</summary>
internal sealed class RequestReader(RequestLimits limits) : IReader
{
    private readonly RequestParser _parser = new(limits);

    /// <summary>What came after the request.</summary>
    private readonly List<byte> _rest = [];

    private RequestParseResult? _fact;

    /// <summary>Whether the request may be upgraded.</summary>
    public bool IsAccepted { get; private set; }

    /// <summary>How messages may be compressed then; null: not at all.</summary>
    public DeflateAgreement? Compression { get; private set; }

    public void Take(ReadOnlySpan<byte> chunk, ReceivePath receivePath)
    {
        TakeHead(ref chunk, receivePath);
        _rest.AddRange(chunk);
    }

    /// <summary>Takes what belongs to the request. What is left came after it.</summary>
    public void TakeHead(ref ReadOnlySpan<byte> chunk, ReceivePath receivePath)
    {
        var left = chunk.Length;
        receivePath.StartStep();
        var isRead = _parser.TryRead(ref chunk, out var fact);
        receivePath.EndStep();
        ReceivePath.Require(_fact is null || (!isRead && chunk.Length == left), "After its one fact the parser takes no byte.");
        ReceivePath.Require(isRead || _fact is not null || chunk.IsEmpty, "A parser that needs more has taken all there was.");
        switch (fact)
        {
            case RequestHead request: Ask(request, receivePath); break;
            case Refusal refusal: Refuse(refusal, receivePath); break;
        }

        _fact ??= fact;
    }

    /// <summary>After a refusal nobody reads on: how much of the chunk is left means nothing.</summary>
    public void Finish(ReceivePath receivePath) => receivePath.End(
        _fact is null ? "more" : "",
        _fact is RequestHead ? Convert.ToHexString([.. _rest]) : "");

    private void Ask(RequestHead request, ReceivePath receivePath)
    {
        ReceivePath.Require(request.Headers.Count <= limits.MaxHeaders, "No more headers are kept than the limit.");
        ReceivePath.Require(request.Path.StartsWith('/'), "A path begins with a slash.");
        ReceivePath.Require(request.ToString() == $"{request.Method} {request.Path}", "The text of a request has no query.");
        var segments = request.Path.Split('/').Select(static s => PercentEncoding.TryDecodeSegment(s, out var text) ? text : "(bad)");
        receivePath.Add("Request", request.Headers.Count, $"{request.Method} {request.Target} {request.Version} {request.Host}");
        receivePath.Add("Path", segments.Count(), string.Join('/', segments));
        receivePath.Add("Query", 0, $"{request.Query["a"] ?? "(none)"} {request.Cookie("a") ?? "(none)"}");
        foreach (var header in request.Headers)
        {
            receivePath.Add("Header", header.Value.Length, $"{header.Name}: {header.Value}");
        }

        receivePath.StartStep();
        IsAccepted = ServerHandshake.Check(request, out var offer, out var refusal);
        receivePath.EndStep();
        ReceivePath.Require(IsAccepted == (offer is not null) && IsAccepted == (refusal is null), "There is an offer or a refusal.");
        if (offer is not null)
        {
            Accept(offer, receivePath);
        }
        else
        {
            Refuse(refusal!, receivePath);
        }
    }

    private void Accept(UpgradeOffer offer, ReceivePath receivePath)
    {
        Compression = PerMessageDeflate.Accept(offer.Extensions, new(KeepsContext: true));
        var subprotocol = offer.Subprotocols is [var first, ..] ? first : null;
        ServerHandshake.WriteAccept(new ArrayBufferWriter<byte>(), offer, subprotocol, [], Compression);
        receivePath.Add(Compression is null ? "Offer" : "Offer compressed", offer.Subprotocols.Count, $"{string.Join(',', offer.Subprotocols)} {string.Join(',', offer.Extensions.Select(static e => e.Name))}");
    }

    private static void Refuse(Refusal refusal, ReceivePath receivePath)
    {
        ResponseWriter.Write(new ArrayBufferWriter<byte>(), refusal.ToResponse(), DateTimeOffset.UnixEpoch, withBody: true);
        receivePath.AddLast(Documented.Text(refusal));
    }
}
