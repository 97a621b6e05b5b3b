using System.Text;
using Akka.Configuration;
using WsActors.Protocol.Handshake;
using WsActors.Runtime;

namespace WsActors.Routing;

/// <summary>
/// Which pages may open a WebSocket (RFC 6455 §10.2): those of the server's own origin, and those listed. Compared exactly; only a wildcard
/// in the list stands for labels of a host. A browser lets any page open a WebSocket anywhere, with the cookies of the site it opens; so
/// this is on by default.
/// </summary>
internal sealed class OriginPolicy
{
    private const string Key = "ws-actors.origin.allowed";

    private const string Null = "null";

    private readonly bool _check;

    private readonly HashSet<Origin> _allowed = [];

    /// <summary>All origins below a domain, of the one scheme and port.</summary>
    private readonly List<(string Scheme, SubdomainPattern Hosts, int Port)> _allowedBelow = [];

    private readonly bool _allowsNull;

    private readonly AllowedHosts _hosts;

    /// <param name="check">Whether there is a rule at all.</param>
    /// <param name="allowed">Origins beside the server's own.</param>
    /// <param name="hosts">By which names the server's own is one.</param>
    /// <exception cref="ConfigurationException">An entry is not an origin.</exception>
    public OriginPolicy(bool check, IEnumerable<string> allowed, AllowedHosts hosts)
    {
        (_check, _hosts) = (check, hosts);
        foreach (var text in allowed)
        {
            if (text == Null)
            {
                _allowsNull = true;
            }
            else if (TryParseWildcard(text, out var below))
            {
                _allowedBelow.Add(below);
            }
            else if (Origin.TryParse(text, out var origin))
            {
                _allowed.Add(origin);
            }
            else
            {
                throw new ConfigurationException(
                    $"{Key} holds '{text}', which is not an origin: write scheme://host[:port] without a path, such as https://example.com or"
                    + " https://*.example.com, or file://, or \"null\""
                    + (Ascii.IsValid(text) ? "." : $"; {AllowedHosts.CureOfOtherLetters}."));
            }
        }
    }

    /// <summary>Null when the request may go on.</summary>
    /// <param name="http">The request. Without an Origin it does not come from a browser, and passes.</param>
    /// <param name="self">The server's own origin as the client sees it.</param>
    /// <param name="isForwarded">Whether a trusted proxy said so.</param>
    public Refusal? Check(RequestHead http, Origin self, bool isForwarded)
    {
        if (!_check || http.Headers["Origin"] is not { } came)
        {
            return null;
        }

        if (http.Headers.CountOf("Origin") > 1)
        {
            return new Refusal(403, "The Origin header is repeated: send exactly one.");
        }

        var origin = Origin.TryParse(came, out var read) ? read : null;
        if (origin is null && came != Null)
        {
            return new Refusal(403, $"Origin {LogSanitizer.Quoted(came)} is not an origin (RFC 6454): a client writes scheme://host[:port], or null.");
        }

        if (origin is null ? _allowsNull : IsListed(origin))
        {
            return null;
        }

        if (origin == self)
        {
            return _hosts.Has(self.Host, isForwarded)
                ? null
                : new Refusal(403, $"Host {LogSanitizer.Quoted(self.Host)} is not a name of this server: {_hosts.CureOf(self.Host)}.");
        }

        return new Refusal(403, $"Origin {LogSanitizer.Quoted(came)} is not this server's own, {self}; to let its pages in, list it in {Key}"
            + " (behind a proxy, see ws-actors.trusted-proxies).");
    }

    private bool IsListed(Origin origin) =>
        _allowed.Contains(origin)
        || _allowedBelow.Exists(below => below.Scheme == origin.Scheme && below.Port == origin.Port && below.Hosts.Matches(origin.Host));

    /// <summary>Reads <c>scheme://*.domain[:port]</c>.</summary>
    private static bool TryParseWildcard(string text, out (string Scheme, SubdomainPattern Hosts, int Port) below)
    {
        const string Divider = "://";
        const string Wildcard = "*.";
        var start = text.IndexOf(Divider + Wildcard, StringComparison.Ordinal);
        var isOrigin = Origin.TryParse(start < 0 ? "" : text.Remove(start + Divider.Length, Wildcard.Length), out var domain);
        var isWildcard = SubdomainPattern.TryParse(Wildcard + domain?.Host, out var hosts);
        below = isWildcard ? (domain!.Scheme, hosts, domain.Port) : default;
        return isOrigin && isWildcard;
    }
}
