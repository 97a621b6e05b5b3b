using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using WsActors.Protocol.Compression;

namespace WsActors.Protocol.Handshake;

/// <summary>The server's half of the opening handshake (RFC 6455 §4.2). Pure.</summary>
public static class ServerHandshake
{
    private static readonly HttpHeader UpgradeToWebSocket = new("Upgrade", "websocket");
    private static readonly HttpHeader SupportedVersion = new("Sec-WebSocket-Version", "13");

    /// <summary>Headers of the 101 that callers cannot set: the handshake writes them, or RFC 9110 §8.6 forbids them in a 101.</summary>
    private static readonly string[] OwnHeaders =
    [
        "Upgrade", "Connection", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", ExtensionHeader.Name,
        "Content-Length", "Transfer-Encoding",
    ];

    /// <summary>Whether the client asks for a WebSocket. The rest of the request is not checked.</summary>
    public static bool IsUpgrade(RequestHead request) => HeaderTokens.Lists(request.Headers, "Upgrade", "websocket");

    /// <summary>Checks a request (RFC 6455 §4.2.1). True with the client's offer; false with a refusal.</summary>
    public static bool Check(RequestHead request, [NotNullWhen(true)] out UpgradeOffer? offer, [NotNullWhen(false)] out Refusal? refusal) =>
        TryReadOffer(request, Fault(request), out offer, out refusal);

    /// <summary>
    /// Checks an extended CONNECT of HTTP/2 (RFC 8441 §5): as <see cref="Check"/>, without <c>Upgrade</c>, <c>Connection</c> and the key,
    /// which HTTP/2 does not have. The HTTP server has checked the pseudo-headers.
    /// </summary>
    public static bool CheckExtendedConnect(
        RequestHead request, [NotNullWhen(true)] out UpgradeOffer? offer, [NotNullWhen(false)] out Refusal? refusal) =>
        TryReadOffer(request, VersionFault(request.Headers), out offer, out refusal);

    private static bool TryReadOffer(
        RequestHead request, Refusal? fault, [NotNullWhen(true)] out UpgradeOffer? offer, [NotNullWhen(false)] out Refusal? refusal)
    {
        offer = null;
        IReadOnlyList<string> subprotocols = [];
        refusal = fault ?? SubprotocolFault(request.Headers.All("Sec-WebSocket-Protocol"), out subprotocols);
        if (!ExtensionHeader.TryRead(request.Headers.All(ExtensionHeader.Name), out var extensions))
        {
            refusal ??= new(400, "The Sec-WebSocket-Extensions header is malformed: write it as 'name; parameter=value, name'.");
        }

        if (refusal is not null)
        {
            return false;
        }

        offer = new(request.Headers["Sec-WebSocket-Key"], subprotocols) { Extensions = extensions };
        return true;
    }

    /// <summary>Writes the 101 (RFC 6455 §4.2.2).</summary>
    /// <param name="output">The destination.</param>
    /// <param name="offer">The client's offer.</param>
    /// <param name="subprotocol">One of the offered subprotocols, or null for none.</param>
    /// <param name="headers">More headers. Headers that the handshake itself writes are left out.</param>
    /// <param name="compression">The result of <see cref="PerMessageDeflate.Accept"/>; null without compression.</param>
    /// <exception cref="ArgumentException">The subprotocol was not offered: a client must fail such a connection.</exception>
    public static void WriteAccept(
        IBufferWriter<byte> output,
        UpgradeOffer offer,
        string? subprotocol,
        IEnumerable<HttpHeader> headers,
        DeflateAgreement? compression = null)
    {
        output.WriteLine("HTTP/1.1 101 Switching Protocols");
        foreach (var header in AcceptHeaders(offer, subprotocol, headers, compression))
        {
            output.WriteHeader(header);
        }

        output.WriteLine("");
    }

    /// <summary>
    /// The headers of the accepting response, for an HTTP server that writes its status line. An HTTP/2 response has no <c>Upgrade</c>,
    /// <c>Connection</c> and <c>Sec-WebSocket-Accept</c> (RFC 8441 §5).
    /// </summary>
    /// <inheritdoc cref="WriteAccept" path="/param[@name='offer']"/>
    /// <inheritdoc cref="WriteAccept" path="/param[@name='subprotocol']"/>
    /// <inheritdoc cref="WriteAccept" path="/param[@name='headers']"/>
    /// <inheritdoc cref="WriteAccept" path="/param[@name='compression']"/>
    /// <inheritdoc cref="WriteAccept" path="/exception"/>
    public static IReadOnlyList<HttpHeader> AcceptHeaders(
        UpgradeOffer offer, string? subprotocol, IEnumerable<HttpHeader> headers, DeflateAgreement? compression = null)
    {
        if (subprotocol is not null && !offer.Subprotocols.Contains(subprotocol, StringComparer.Ordinal))
        {
            throw new ArgumentException(
                "The client did not offer this subprotocol: choose one of the offered ones, or null.",
                nameof(subprotocol));
        }

        var all = new List<HttpHeader>();
        if (offer.Key is { } key)
        {
            all.AddRange([UpgradeToWebSocket, new("Connection", "Upgrade"), new("Sec-WebSocket-Accept", AcceptKey.For(key))]);
        }

        if (subprotocol is not null)
        {
            all.Add(new("Sec-WebSocket-Protocol", subprotocol));
        }

        if (compression is not null)
        {
            all.Add(new(ExtensionHeader.Name, compression.ToHeaderValue()));
        }

        all.AddRange(headers.Where(static header => !OwnHeaders.Contains(header.Name, StringComparer.OrdinalIgnoreCase)));
        return all;
    }

    /// <summary>The rules in the order of RFC 6455 §4.2.1.</summary>
    private static Refusal? Fault(RequestHead request) => request.Headers switch
    {
        _ when request.Method != "GET" =>
            new(405, "A WebSocket is opened by a GET request: use GET.", new HttpHeader("Allow", "GET")),

        // Not 505: plain requests of HTTP/1.0 are served.
        _ when request.Version < HttpVersion.Version11 =>
            new(400, "A WebSocket is opened by HTTP/1.1: send the request as HTTP/1.1."),

        // RFC 9112 §3.2: the Host of a plain request may be empty. A WebSocket's URI always names a host (RFC 6455 §3).
        _ when request.Host is "" =>
            new(400, "The Host header is empty: send the host of the WebSocket's address."),

        _ when !IsUpgrade(request) =>
            new(426, "This address speaks WebSocket: connect with a WebSocket client.", UpgradeToWebSocket, SupportedVersion),

        var headers when !HeaderTokens.Lists(headers, "Connection", "upgrade") =>
            new(400, "The Connection header does not list 'Upgrade': send 'Connection: Upgrade', and let proxies pass it on."),

        var headers when VersionFault(headers) is { } fault => fault,

        var headers when headers.CountOf("Sec-WebSocket-Key") != 1 =>
            new(400, "The Sec-WebSocket-Key header is missing or repeated: send exactly one."),

        var headers when !AcceptKey.IsValidKey(headers["Sec-WebSocket-Key"]!) =>
            new(400, "The Sec-WebSocket-Key header is not the base64 of 16 bytes: send a fresh random one."),

        _ => null,
    };

    private static Refusal? VersionFault(HttpHeaders headers) => headers switch
    {
        _ when headers.CountOf("Sec-WebSocket-Version") != 1 =>
            new(400, "The Sec-WebSocket-Version header is missing or repeated: send exactly one, with the value 13."),

        // RFC 6455 §4.4: the refusal names the supported version.
        _ when headers["Sec-WebSocket-Version"] != SupportedVersion.Value =>
            new(426, "This server supports WebSocket version 13: send 'Sec-WebSocket-Version: 13'.", UpgradeToWebSocket, SupportedVersion),

        _ => null,
    };

    /// <summary>RFC 6455 §4.1 item 10: tokens, each offered once; the header may be repeated.</summary>
    private static Refusal? SubprotocolFault(IReadOnlyList<string> lines, out IReadOnlyList<string> subprotocols)
    {
        if (!HeaderTokens.TryRead(lines, out subprotocols))
        {
            return new(400, "The Sec-WebSocket-Protocol header is not a list of tokens: separate subprotocols by commas.");
        }

        return HeaderTokens.AreUnique(subprotocols)
            ? null
            : new(400, "The Sec-WebSocket-Protocol header names a subprotocol twice: offer each once.");
    }
}
