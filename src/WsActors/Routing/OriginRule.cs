using Akka.Configuration;
using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>
/// Which pages may open a WebSocket (RFC 6455 §10.2): those of the server's own origin, and those listed. Compared exactly, never by
/// a part. A browser lets any page open a WebSocket anywhere, with the cookies of the site it opens; so this is on by default.
/// </summary>
internal sealed class OriginRule
{
    private const string Key = "ws-actors.origin.allowed";

    private const string Null = "null";

    private readonly bool _check;

    private readonly HashSet<Origin> _allowed = [];

    private readonly bool _allowsNull;

    /// <exception cref="ConfigurationException">An entry is not an origin.</exception>
    public OriginRule(bool check, IEnumerable<string> allowed)
    {
        _check = check;
        foreach (var text in allowed)
        {
            if (text == Null)
            {
                _allowsNull = true;
            }
            else if (Origin.TryParse(text, out var origin))
            {
                _allowed.Add(origin);
            }
            else
            {
                throw new ConfigurationException(
                    $"{Key} holds '{text}', which is not an origin: write scheme://host[:port] without a path, or \"null\".");
            }
        }
    }

    /// <summary>Null when the request may go on.</summary>
    /// <param name="http">The request. Without an Origin it does not come from a browser, and passes.</param>
    /// <param name="self">The server's own origin as the client sees it.</param>
    public Refusal? Check(HttpRequest http, Origin self)
    {
        if (!_check || http.Headers["Origin"] is not { } came)
        {
            return null;
        }

        var passes = http.Headers.CountOf("Origin") == 1
            && (came == Null ? _allowsNull : Origin.TryParse(came, out var origin) && (origin == self || _allowed.Contains(origin)));

        return passes
            ? null
            : new Refusal(403, $"Origin {LogText.Quoted(came)} is not this server's own, {self}; to let its pages in, list it in {Key}"
                + " (behind a proxy, see ws-actors.trusted-proxies).");
    }
}
