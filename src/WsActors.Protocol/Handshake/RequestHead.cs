using System.Runtime.Serialization;
using System.Text;
using System.Text.Json.Serialization;

namespace WsActors.Protocol.Handshake;

/// <summary>A request that kept the rules of HTTP; only a <see cref="RequestParser"/> makes one. Immutable, free to share.</summary>
/// <remarks>Serializers write it as its head, and a parser reads that again.</remarks>
[Serializable]
[JsonConverter(typeof(HttpRequestConverter))]
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

    // Newtonsoft and Hyperion call it by reflection.
    private RequestHead(SerializationInfo info, StreamingContext context)
        : this(Parse(info.GetString(nameof(Head))!) ?? throw new SerializationException("This is not the head of a request."))
    {
    }

    /// <summary>A token, in the letter case it was sent in.</summary>
    public string Method { get; }

    /// <summary>The request target as sent, query included: not for logs.</summary>
    public string Target { get; }

    /// <summary>Begins with a slash; without the query, and not decoded. <see cref="PercentEncoding"/> decodes its segments.</summary>
    public string Path { get; }

    /// <summary>The part behind the question mark; not for logs.</summary>
    public RequestQuery Query { get; }

    /// <summary>1.0 or 1.1. A higher minor version is 1.1 to us (RFC 9110 §2.5).</summary>
    public Version Version { get; }

    /// <summary>All headers as sent.</summary>
    public HttpHeaders Headers { get; }

    /// <summary>
    /// Host and port: those of an absolute target (RFC 9112 §3.2.2), else the Host header's. Null only with HTTP/1.0; may be empty, but not
    /// in the request of a WebSocket.
    /// </summary>
    public string? Host { get; }

    /// <summary>The request line and all headers, with the empty line behind them.</summary>
    internal string Head
    {
        get
        {
            var head = new StringBuilder($"{Method} {Target} HTTP/{Version}\r\n");
            foreach (var line in Headers)
            {
                head.Append(line.Name).Append(": ").Append(line.Value).Append("\r\n");
            }

            return head.Append("\r\n").ToString();
        }
    }

    /// <summary>The first cookie of exactly that name, its value as sent (RFC 6265 §4.2); null without such a cookie.</summary>
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

    /// <summary>Null where it is not the head of a request, alone and whole.</summary>
    internal static RequestHead? Parse(string head)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(head);
        var parser = new RequestParser(new RequestLimits(bytes.Length, bytes.Length, bytes.Length));
        return parser.TryRead(ref bytes, out var fact) && bytes.IsEmpty ? fact as RequestHead : null;
    }

    /// <summary>Method and path alone: query, cookies and tokens must not reach a log.</summary>
    public override string ToString() => $"{Method} {Path}";
}
