using System.Text;
using Akka.Configuration;
using WsActors.Protocol.Handshake;
using WsActors.Runtime;

namespace WsActors.Routing;

/// <summary>
/// The origins whose pages may open a WebSocket (RFC 6455 §10.2): the server's own and the listed ones. Origins are compared exactly; only
/// a wildcard in the list matches labels of a host. The check is on by default, because a browser lets any page open a WebSocket to any
/// server, with the cookies of that server.
/// </summary>
internal sealed class OriginPolicy
{
    private const string Key = "ws-actors.origin.allowed";

    private const string Null = "null";

    private readonly bool _check;

    private readonly HashSet<Origin> _allowed = [];

    /// <summary>Allowed subdomains, each of one scheme and port.</summary>
    private readonly List<(string Scheme, SubdomainPattern Hosts, int Port)> _allowedSubdomains = [];

    private readonly bool _allowsNull;

    private readonly AllowedHosts _hosts;

    private readonly OriginAdvice _advice;

    /// <param name="check">Whether origins are checked at all.</param>
    /// <param name="allowed">The allowed origins beside the server's own.</param>
    /// <param name="hosts">The host names of the server's own origin.</param>
    /// <param name="advice">The cures that a refusal names.</param>
    /// <exception cref="ConfigurationException">An entry is not an origin.</exception>
    public OriginPolicy(bool check, IEnumerable<string> allowed, AllowedHosts hosts, OriginAdvice advice)
    {
        (_check, _hosts, _advice) = (check, hosts, advice);
        foreach (var text in allowed)
        {
            if (text == Null)
            {
                _allowsNull = true;
            }
            else if (TryParseWildcard(text, out var subdomains))
            {
                _allowedSubdomains.Add(subdomains);
            }
            else if (Origin.TryParse(text, out var origin))
            {
                _allowed.Add(origin);
            }
            else
            {
                throw new ConfigurationException(
                    $"{Key} holds '{text}', which is not an origin: write scheme://host[:port] without a path, such as https://example.com"
                    + " or https://*.example.com, or file://, or \"null\""
                    + (Ascii.IsValid(text) ? "." : $"; {AllowedHosts.CureForNonAscii}."));
            }
        }
    }

    /// <summary>Checks the origin of a request. Null when it is allowed.</summary>
    /// <param name="http">The request. A request without Origin does not come from a browser and is allowed.</param>
    /// <param name="self">The server's own origin as the client sees it.</param>
    /// <param name="isForwarded">Whether <paramref name="self"/> comes from a trusted proxy.</param>
    public Refusal? Check(RequestHead http, Origin self, bool isForwarded)
    {
        if (!_check || http.Headers["Origin"] is not { } header)
        {
            return null;
        }

        if (http.Headers.CountOf("Origin") > 1)
        {
            return new Refusal(403, "The Origin header is repeated: send exactly one.");
        }

        var origin = Origin.TryParse(header, out var parsed) ? parsed : null;
        if (origin is null && header != Null)
        {
            return new Refusal(
                403,
                $"Origin {LogSanitizer.Quoted(header)} is not an origin (RFC 6454): a client writes scheme://host[:port], or null.");
        }

        if (origin is null ? _allowsNull : IsListed(origin))
        {
            return null;
        }

        if (origin == self)
        {
            return _hosts.Contains(self.Host, isForwarded)
                ? null
                : new Refusal(403, $"Host {LogSanitizer.Quoted(self.Host)} is not a name of this server: {_hosts.CureFor(self.Host)}.");
        }

        return new Refusal(
            403,
            $"Origin {LogSanitizer.Quoted(header)} is not this server's own, {self}; to allow its pages, {_advice.Allow}"
            + $" (behind a proxy, {_advice.BehindProxy}).");
    }

    private bool IsListed(Origin origin) =>
        _allowed.Contains(origin)
        || _allowedSubdomains.Exists(subdomains =>
            subdomains.Scheme == origin.Scheme && subdomains.Port == origin.Port && subdomains.Hosts.Matches(origin.Host));

    /// <summary>Parses <c>scheme://*.domain[:port]</c>.</summary>
    private static bool TryParseWildcard(string text, out (string Scheme, SubdomainPattern Hosts, int Port) subdomains)
    {
        const string Separator = "://";
        const string Wildcard = "*.";
        var start = text.IndexOf(Separator + Wildcard, StringComparison.Ordinal);
        var isOrigin = Origin.TryParse(start < 0 ? "" : text.Remove(start + Separator.Length, Wildcard.Length), out var domain);
        var isWildcard = SubdomainPattern.TryParse(Wildcard + domain?.Host, out var hosts);
        subdomains = isWildcard ? (domain!.Scheme, hosts, domain.Port) : default;
        return isOrigin && isWildcard;
    }
}
