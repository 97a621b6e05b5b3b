namespace WsActors.Protocol.Handshake;

/// <summary>A request that kept the rules of HTTP; only a <see cref="RequestParser"/> makes one. Immutable, free to share.</summary>
public sealed record HttpRequest : RequestFact
{
    internal HttpRequest(RequestLine line, HttpHeaders headers)
    {
        Method = line.Method;
        Target = line.Target.AsSent;
        Path = line.Target.Path;
        Query = new(line.Target.Query);
        Version = line.Version;
        Headers = headers;
        Host = line.Target.Authority ?? headers["Host"];
    }

    /// <summary>A token, in the letter case it was sent in.</summary>
    public string Method { get; }

    /// <summary>The request target as sent, query included: not for logs.</summary>
    public string Target { get; }

    /// <summary>Begins with a slash; without the query, and not decoded. <see cref="PercentEncoding"/> decodes its segments.</summary>
    public string Path { get; }

    /// <summary>The part behind the question mark; not for logs.</summary>
    public QueryString Query { get; }

    /// <summary>1.0 or 1.1. A higher minor version is 1.1 to us (RFC 9110 §2.5).</summary>
    public Version Version { get; }

    /// <summary>All headers as sent.</summary>
    public HttpHeaders Headers { get; }

    /// <summary>
    /// Host and port: those of an absolute target (RFC 9112 §3.2.2), else the Host header's. Null only with HTTP/1.0; may be empty, but not
    /// in the request of a WebSocket.
    /// </summary>
    public string? Host { get; }

    /// <summary>The first cookie of exactly that name, its value as sent (RFC 6265 §4.2); null when there is none.</summary>
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

    /// <summary>Method and path alone: query, cookies and tokens must not reach a log.</summary>
    public override string ToString() => $"{Method} {Path}";
}
