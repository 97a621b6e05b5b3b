using System.Buffers;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Handshake;

namespace WsActors.Fuzzing.Readers;

/// <summary>Reads a request, asks it everything that a server and a handler may, and answers it.</summary>
internal sealed class RequestReader(RequestLimits limits) : IReader
{
    private readonly RequestParser _parser = new(limits);

    /// <summary>The bytes behind the request.</summary>
    private readonly List<byte> _rest = [];

    private RequestParseResult? _fact;

    /// <summary>Whether the request may be upgraded.</summary>
    public bool IsAccepted { get; private set; }

    /// <summary>The agreement on compression then; null for none.</summary>
    public DeflateAgreement? Compression { get; private set; }

    public void Take(ReadOnlySpan<byte> chunk, Reading reading)
    {
        TakeHead(ref chunk, reading);
        _rest.AddRange(chunk);
    }

    /// <summary>Consumes the request's bytes. The rest is behind it.</summary>
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
            case RequestHead request: Ask(request, reading); break;
            case Refusal refusal: Refuse(refusal, reading); break;
        }

        _fact ??= fact;
    }

    /// <summary>After a refusal reading stops: the unread part of the chunk has no meaning.</summary>
    public void Finish(Reading reading) => reading.End(
        _fact is null ? "more" : "",
        _fact is RequestHead ? Convert.ToHexString([.. _rest]) : "");

    private void Ask(RequestHead request, Reading reading)
    {
        Reading.Require(request.Headers.Count <= limits.MaxHeaders, "No more headers are kept than the limit.");
        Reading.Require(request.Path.StartsWith('/'), "A path begins with a slash.");
        Reading.Require(request.ToString() == $"{request.Method} {request.Path}", "The text of a request has no query.");
        var segments = request.Path.Split('/').Select(static s => PercentEncoding.TryDecodeSegment(s, out var text) ? text : "(bad)");
        reading.Add("Request", request.Headers.Count, $"{request.Method} {request.Target} {request.Version} {request.Host}");
        reading.Add("Path", segments.Count(), string.Join('/', segments));
        reading.Add("Query", 0, $"{request.Query["a"] ?? "(none)"} {request.Cookie("a") ?? "(none)"}");
        foreach (var header in request.Headers)
        {
            reading.Add("Header", header.Value.Length, $"{header.Name}: {header.Value}");
        }

        reading.StartStep();
        IsAccepted = ServerHandshake.Check(request, out var offer, out var refusal);
        reading.EndStep();
        Reading.Require(IsAccepted == (offer is not null) && IsAccepted == (refusal is null), "There is an offer or a refusal.");
        if (offer is not null)
        {
            Accept(offer, reading);
        }
        else
        {
            Refuse(refusal!, reading);
        }
    }

    private void Accept(UpgradeOffer offer, Reading reading)
    {
        Compression = PerMessageDeflate.Accept(offer.Extensions, new(KeepsContext: true));
        var subprotocol = offer.Subprotocols is [var first, ..] ? first : null;
        ServerHandshake.WriteAccept(new ArrayBufferWriter<byte>(), offer, subprotocol, [], Compression);
        reading.Add(
            Compression is null ? "Offer" : "Offer compressed",
            offer.Subprotocols.Count,
            $"{string.Join(',', offer.Subprotocols)} {string.Join(',', offer.Extensions.Select(static e => e.Name))}");
    }

    private static void Refuse(Refusal refusal, Reading reading)
    {
        ResponseWriter.Write(new ArrayBufferWriter<byte>(), refusal.ToResponse(), DateTimeOffset.UnixEpoch, withBody: true);
        reading.AddLast(Documented.Text(refusal));
    }
}
