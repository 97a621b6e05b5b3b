using System.Net;

namespace WsActors.Protocol.Handshake;

/// <summary>The first line of a request (RFC 9112 §3), checked.</summary>
internal sealed record RequestLine(string Method, RequestTarget Target, Version Version)
{
    /// <summary>Parses the line. Null with a refusal when the line breaks a rule.</summary>
    public static RequestLine? Parse(ReadOnlySpan<byte> line, out Refusal? refusal)
    {
        var methodEnd = line.IndexOf((byte)' ');
        var rest = line[(methodEnd + 1)..];
        var targetEnd = rest.IndexOf((byte)' ');
        if (methodEnd < 0 || targetEnd < 0 || !HttpGrammar.TryReadVersion(rest[(targetEnd + 1)..], out var major, out var minor))
        {
            refusal = new(400, "The request line must be a method, a target and HTTP/1.1, divided by single spaces.");
            return null;
        }

        if (major != 1)
        {
            refusal = new(505, "This server speaks HTTP/1.1: send the request as HTTP/1.1.");
            return null;
        }

        if (!HttpGrammar.IsToken(line[..methodEnd]))
        {
            refusal = new(400, "The method is not a token: use GET.");
            return null;
        }

        if (!RequestTarget.TryParse(rest[..targetEnd], out var target))
        {
            refusal = new(400, "The request target is not a path or an http or ws address: percent-encode it, and send no '#' part.");
            return null;
        }

        // RFC 9110 §2.5: a higher minor version is compatible with the one we speak.
        refusal = null;
        return new(HeadStringCache.Get(line[..methodEnd]), target, minor == 0 ? HttpVersion.Version10 : HttpVersion.Version11);
    }
}
