using System.Net;
using System.Text;
using Akka.Configuration;

namespace WsActors.Routing;

/// <summary>
/// The host names that belong to an endpoint. A page's origin is the endpoint's own only under such a name. An attacker can make a DNS name
/// point at any address, loopback included (DNS rebinding): <c>Origin</c> and <c>Host</c> of the attacker's page then agree, and only the
/// name shows the attack.
/// </summary>
internal sealed class AllowedHosts
{
    public const string Key = "ws-actors.origin.hosts";

    /// <summary>The cure for a name beyond ASCII. Such an entry would never match: browsers send A-labels (RFC 5890).</summary>
    public const string CureForNonAscii =
        "write a name with other letters than ASCII as browsers send it, such as xn--bcher-kva.example for bücher.example";

    private readonly bool _isLoopback;

    private readonly OriginAdvice _advice;

    private readonly HashSet<string> _names = [];

    private readonly List<SubdomainPattern> _subdomains = [];

    private readonly HashSet<IPAddress> _addresses = [];

    /// <param name="listed">Names without a port, such as <c>example.com</c> or <c>*.example.com</c>, and addresses.</param>
    /// <param name="isLoopback">
    /// Whether the endpoint listens on loopback. Names of loopback are then its own, and no others unless they are listed.
    /// </param>
    /// <param name="advice">The cures that a refusal names; null for those of an endpoint that listens itself.</param>
    /// <exception cref="ConfigurationException">An entry is neither a name nor an address.</exception>
    public AllowedHosts(IEnumerable<string> listed, bool isLoopback, OriginAdvice? advice = null)
    {
        (_isLoopback, _advice) = (isLoopback, advice ?? OriginAdvice.Default);
        foreach (var entry in listed)
        {
            Add(entry);
        }
    }

    private bool IsAnyListed => _names.Count + _subdomains.Count + _addresses.Count > 0;

    /// <summary>
    /// Whether a host is the endpoint's own. With an empty list every host is, except for an endpoint on loopback that was called directly.
    /// </summary>
    /// <param name="host">The host of a request, without the port, in lower case.</param>
    /// <param name="isForwarded">Whether a trusted proxy forwarded the request. With an empty list every host is then accepted.</param>
    public bool Contains(string host, bool isForwarded)
    {
        if (!IsAnyListed && (isForwarded || !_isLoopback))
        {
            return true;
        }

        // A name may end with the dot of the DNS root.
        var name = host.TrimEnd('.');
        return AddressOf(name) is { } address
            ? _addresses.Contains(address) || (_isLoopback && IPAddress.IsLoopback(address))
            : _names.Contains(name) || _subdomains.Exists(subdomainPattern => subdomainPattern.Matches(name))
                || (_isLoopback && (name == "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal)));
    }

    /// <summary>The cure for a refused host, as the rest of a sentence. It names the setting only for hosts that can be listed.</summary>
    /// <param name="host">The host of a request, without the port, in lower case.</param>
    public string CureFor(string host) => (AddressOf(host) is not null || IsName(host), _isLoopback) switch
    {
        (false, _) => "it is neither a DNS name nor an address and cannot be listed; call the server by a name or an address",
        (_, true) => "the endpoint listens on loopback and accepts only loopback names, such as localhost; to accept other names,"
            + $" list them in {Key} (behind a proxy, {_advice.BehindProxy})",
        _ => $"list it in {Key}",
    };

    private void Add(string entry)
    {
        if (!Ascii.IsValid(entry))
        {
            throw new ConfigurationException($"{Key} holds '{entry}', which no browser sends: {CureForNonAscii}.");
        }

        if (AddressOf(entry) is { } address)
        {
            _addresses.Add(address);
            return;
        }

        if (SubdomainPattern.TryParse(entry, out var subdomainPattern))
        {
            _subdomains.Add(new SubdomainPattern(subdomainPattern.Domain.TrimEnd('.')));
            return;
        }

        if (!IsName(entry))
        {
            throw new ConfigurationException(
                $"{Key} holds '{entry}', which is neither a name nor an address: write it without a scheme and a port, such as example.com"
                + " or *.example.com.");
        }

        _names.Add(entry.ToLowerInvariant().TrimEnd('.'));
    }

    private static bool IsName(string entry) => Uri.CheckHostName(entry) == UriHostNameType.Dns;

    private static IPAddress? AddressOf(string host) => IPAddress.TryParse(host, out var address)
        ? address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address
        : null;
}
