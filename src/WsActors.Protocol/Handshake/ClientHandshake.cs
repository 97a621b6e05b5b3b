using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using WsActors.Protocol.Compression;

namespace WsActors.Protocol.Handshake;

/// <summary>The client's half of one opening handshake (RFC 6455 §4.1): a random key, the request, the check. Immutable.</summary>
public sealed class ClientHandshake
{
    /// <summary>
    /// Headers that callers cannot set: the handshake writes them, or they announce a body, which the request does not have.
    /// </summary>
    private static readonly string[] OwnHeaders =
    [
        "Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol",
        ExtensionHeader.Name, "Content-Length", "Transfer-Encoding",
    ];

    private readonly string _authority;
    private readonly string _target;
    private readonly IReadOnlyList<string> _subprotocols;
    private readonly HttpHeaders _headers;

    /// <param name="authority">The host, with a port unless it is the scheme's default.</param>
    /// <param name="target">Path and query, percent-encoded.</param>
    /// <param name="subprotocols">Tokens in order of preference, each once; may be empty.</param>
    /// <param name="headers">
    /// More headers, such as <c>Authorization</c>. Headers that the handshake itself writes are left out.
    /// </param>
    /// <exception cref="ArgumentException">A part is not valid in an HTTP request.</exception>
    public ClientHandshake(string authority, string target, IReadOnlyList<string> subprotocols, params HttpHeaders headers)
    {
        Require(HostSyntax.IsValid(authority), "The authority must be a host, with a port if needed.", nameof(authority));
        Require(IsPath(target), "The target must be a percent-encoded path, with a query if needed.", nameof(target));
        Require(subprotocols.All(static name => HttpGrammar.IsToken(name)), "Subprotocols must be tokens.", nameof(subprotocols));
        Require(HeaderTokens.AreUnique(subprotocols), "Each subprotocol must be named once.", nameof(subprotocols));
        (_authority, _target, _subprotocols, _headers) = (authority, target, [.. subprotocols], headers);
    }

    /// <summary>16 random bytes in base64, new for each handshake.</summary>
    public string Key { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));

    /// <summary>The offer of permessage-deflate; null offers nothing.</summary>
    public DeflateOptions? Compression { get; init; }

    /// <summary>Writes the request.</summary>
    public void WriteRequest(IBufferWriter<byte> output)
    {
        output.WriteLine($"GET {_target} HTTP/1.1");
        output.WriteHeader(new("Host", _authority));
        output.WriteHeader(new("Upgrade", "websocket"));
        output.WriteHeader(new("Connection", "Upgrade"));
        output.WriteHeader(new("Sec-WebSocket-Key", Key));
        output.WriteHeader(new("Sec-WebSocket-Version", "13"));
        if (_subprotocols.Count > 0)
        {
            output.WriteHeader(new("Sec-WebSocket-Protocol", string.Join(", ", _subprotocols)));
        }

        if (Compression is not null)
        {
            output.WriteHeader(new(ExtensionHeader.Name, PerMessageDeflate.Offer(Compression)));
        }

        output.WriteHeadersExcept(OwnHeaders, _headers);
        output.WriteLine("");
    }

    /// <summary>
    /// Checks the response. True when the server accepted, with its choices. False with one sentence why the connection must fail.
    /// Redirects are not followed.
    /// </summary>
    public bool Check(ResponseHead response, [NotNullWhen(true)] out ClientAgreement? agreement, [NotNullWhen(false)] out string? failure)
    {
        var areExtensionsRead = ExtensionHeader.TryRead(response.Headers.All(ExtensionHeader.Name), out var extensions);
        var areExtensionsAgreed = PerMessageDeflate.TryAgree(extensions, Compression, out var compression) && areExtensionsRead;
        var chosen = HeaderTokens.Elements(response.Headers.All("Sec-WebSocket-Protocol"));
        failure = Fault(response.Status, response.Headers, chosen, areExtensionsAgreed);
        agreement = failure is null ? new(chosen is [var subprotocol] ? subprotocol : null, compression) : null;
        return failure is null;
    }

    /// <summary>The rules in the order of RFC 6455 §4.1, page 19.</summary>
    private string? Fault(int status, HttpHeaders headers, IReadOnlyList<string> chosen, bool areExtensionsAgreed) => status switch
    {
        >= 300 and <= 399 => $"The server redirects with status {status}; redirects are not followed: connect to the final address.",
        not 101 => $"The server refused the handshake with status {status}.",
        _ when HeaderTokens.Elements(headers.All("Upgrade")) is not [var upgrade] || !Ascii.EqualsIgnoreCase(upgrade, "websocket") =>
            "The server's 101 does not upgrade to WebSocket.",
        _ when !HeaderTokens.Lists(headers, "Connection", "upgrade") => "The server's Connection header does not list 'Upgrade'.",
        _ when headers.All("Sec-WebSocket-Accept") is not [var accept] || accept != AcceptKey.For(Key) =>
            "The server's Sec-WebSocket-Accept does not answer our key.",
        _ when !areExtensionsAgreed => "The server chose an extension, or a parameter of one, that was not asked for.",
        _ when chosen.Count > 1 => "The server chose more than one subprotocol.",
        _ when chosen is [var subprotocol] && !_subprotocols.Contains(subprotocol, StringComparer.Ordinal) =>
            "The server chose a subprotocol that was not asked for.",
        _ => null,
    };

    private static bool IsPath(string target) => target.StartsWith('/') && RequestTarget.TryParse(Encoding.UTF8.GetBytes(target), out _);

    private static void Require(bool holds, string rule, string parameter)
    {
        if (!holds)
        {
            throw new ArgumentException(rule, parameter);
        }
    }
}
