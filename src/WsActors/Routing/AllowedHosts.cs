using System.Net;
using System.Text;
using Akka.Configuration;

namespace WsActors.Routing;

/// <summary>
/// By which names browsers may know an endpoint, so that a page of such a name is its own. A stranger's name may be made to point at any
/// address, loopback included (DNS rebinding): then <c>Origin</c> and <c>Host</c> of the stranger's page agree, and only the name tells.
/// </summary>
internal sealed class AllowedHosts
{
    public const string Key = "ws-actors.origin.hosts";

    /// <summary>A name with letters beyond ASCII would never be met: browsers send its A-labels (RFC 5890).</summary>
    public const string CureOfOtherLetters = "write a name with other letters than ASCII as browsers send it, such as xn--bcher-kva.example for bücher.example";

    private readonly bool _isLoopback;

    private readonly HashSet<string> _names = [];

    private readonly List<SubdomainPattern> _subdomains = [];

    private readonly HashSet<IPAddress> _addresses = [];

    /// <param name="listed">Names without a port, such as <c>example.com</c> or <c>*.example.com</c>, and addresses.</param>
    /// <param name="isLoopback">Whether only this machine reaches it: then names of loopback are its own, and by default no others.</param>
    /// <exception cref="ConfigurationException">An entry is neither a name nor an address.</exception>
    public AllowedHosts(IEnumerable<string> listed, bool isLoopback)
    {
        _isLoopback = isLoopback;
        foreach (var entry in listed)
        {
            Add(entry);
        }
    }

    private bool IsAnyListed => _names.Count + _subdomains.Count + _addresses.Count > 0;

    /// <summary>Whether a host is the endpoint's own. Where none is listed, every host is, but that of an endpoint on loopback.</summary>
    /// <param name="host">As a request names it, without the port, in lower case.</param>
    /// <param name="isForwarded">Whether a trusted proxy passed it on: then it is listed, or none is.</param>
    public bool Has(string host, bool isForwarded)
    {
        if (!IsAnyListed && (isForwarded || !_isLoopback))
        {
            return true;
        }

        // A name may be written with the root's dot.
        var name = host.TrimEnd('.');
        return AddressOf(name) is { } address
            ? _addresses.Contains(address) || (_isLoopback && IPAddress.IsLoopback(address))
            : _names.Contains(name) || _subdomains.Exists(subdomainPattern => subdomainPattern.Matches(name))
                || (_isLoopback && (name == "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal)));
    }

    /// <summary>The cure for a refused host, as the rest of a sentence. It names the key only for hosts that can be listed.</summary>
    /// <param name="host">As a request names it, without the port, in lower case.</param>
    public string CureOf(string host) => (AddressOf(host) is not null || IsName(host), _isLoopback) switch
    {
        (false, _) => "nor can it be listed as one, since it is neither a DNS name nor an address; call the server by one",
        (_, true) => $"it listens on loopback, where only names of loopback are its own, such as localhost; to take others, list them in {Key}"
            + " (behind a proxy, see ws-actors.trusted-proxies)",
        _ => $"list it in {Key}",
    };

    private void Add(string entry)
    {
        if (!Ascii.IsValid(entry))
        {
            throw new ConfigurationException($"{Key} holds '{entry}', which no browser sends: {CureOfOtherLetters}.");
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
