using System.Net;
using System.Runtime.Serialization;
using System.Text;
using System.Text.Json.Serialization;

namespace WsActors.Protocol.Handshake;

/// <summary>A valid HTTP request head, as <see cref="RequestParser"/> accepts it. Immutable and thread-safe.</summary>
/// <remarks>Serializers write the text of the head, which is parsed again on read.</remarks>
[Serializable]
[JsonConverter(typeof(RequestHeadConverter))]
public sealed record RequestHead : RequestParseResult, ISerializable
{
    internal RequestHead(RequestLine line, HttpHeaders headers)
    {
        Method = line.Method;
        Target = line.Target.AsSent;
        Path = line.Target.Path;
        Query = new(line.Target.Query);
        Version = line.Version;
        Headers = headers;
        Host = line.Target.Authority ?? headers["Host"];
    }

    // Newtonsoft.Json and Hyperion call this constructor by reflection.
    private RequestHead(SerializationInfo info, StreamingContext context)
        : this(Parse(info.GetString(nameof(Head))!) ?? throw new SerializationException("The text is not one complete HTTP request head."))
    {
    }

    /// <summary>A token, in the letter case in which it was sent.</summary>
    public string Method { get; }

    /// <summary>The request target as sent, query included. Do not log it.</summary>
    public string Target { get; private init; }

    /// <summary>The path without the query: starts with a slash, not decoded. <see cref="PercentEncoding"/> decodes its segments.</summary>
    public string Path { get; private init; }

    /// <summary>The part behind the question mark. Do not log it.</summary>
    public RequestQuery Query { get; }

    /// <summary>1.0 or 1.1. A higher minor version is read as 1.1 (RFC 9110 §2.5).</summary>
    public Version Version { get; }

    /// <summary>All headers as sent.</summary>
    public HttpHeaders Headers { get; private init; }

    /// <summary>
    /// Host and port of an absolute target (RFC 9112 §3.2.2), else of the Host header. Null only with HTTP/1.0. May be empty, but not in a
    /// WebSocket's opening handshake.
    /// </summary>
    public string? Host { get; }

    /// <summary>The text of the request line, all headers and the empty line behind them.</summary>
    internal string Head => TextOf(Method, Target, Version, Headers);

    /// <summary>
    /// Creates the head of a GET request from the parts that another HTTP server has parsed. An HTTP/2 request is given as its HTTP/1.1
    /// equivalent.
    /// </summary>
    /// <param name="target">The path with the query, as sent.</param>
    /// <param name="headers">All headers, <c>Host</c> included.</param>
    /// <returns>Null when the parts are not a request that <see cref="RequestParser"/> accepts.</returns>
    public static RequestHead? ForGet(string target, IEnumerable<HttpHeader> headers)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(headers);
        HttpHeader[] lines = [.. headers];
        return Parse(TextOf("GET", target, HttpVersion.Version11, lines))?.WithStringsOf(target, lines);
    }

    /// <summary>The same head, of the given strings where they are equal: the other server keeps them as long as its request.</summary>
    private RequestHead WithStringsOf(string target, HttpHeader[] lines) => this with
    {
        Target = target == Target ? target : Target,
        Path = target == Path ? target : Path,
        Headers = Headers.SequenceEqual(lines) ? HttpHeaders.Create(lines) : Headers,
    };

    /// <summary>The value, as sent, of the first cookie of exactly that name (RFC 6265 §4.2); null without such a cookie.</summary>
    public string? Cookie(string name)
    {
        foreach (var line in Headers.All("Cookie"))
        {
            foreach (var range in line.AsSpan().Split(';'))
            {
                var pair = line.AsSpan(range).Trim(" \t");
                var equals = pair.IndexOf('=');
                if (equals >= 0 && pair[..equals].SequenceEqual(name))
                {
                    return pair[(equals + 1)..].ToString();
                }
            }
        }

        return null;
    }

    void ISerializable.GetObjectData(SerializationInfo info, StreamingContext context) => info.AddValue(nameof(Head), Head);

    /// <summary>Parses <see cref="Head"/>. Null when the text is not exactly one complete request head.</summary>
    internal static RequestHead? Parse(string head)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(head);
        var parser = new RequestParser(new RequestLimits
        {
            MaxRequestLineBytes = bytes.Length,
            MaxHeaderBytes = bytes.Length,
            MaxHeaders = bytes.Length,
        });
        return parser.TryRead(ref bytes, out var fact) && bytes.IsEmpty ? fact as RequestHead : null;
    }

    private static string TextOf(string method, string target, Version version, IEnumerable<HttpHeader> headers)
    {
        var head = new StringBuilder($"{method} {target} HTTP/{version}\r\n");
        foreach (var line in headers)
        {
            head.Append(line.Name).Append(": ").Append(line.Value).Append("\r\n");
        }

        return head.Append("\r\n").ToString();
    }

    /// <summary>Only method and path: query, cookies and tokens must not reach a log.</summary>
    public override string ToString() => $"{Method} {Path}";
}
