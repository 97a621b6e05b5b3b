using System.Net;

namespace WsActors.Client;

/// <summary>The order in which the addresses of a name are tried (RFC 8305 §4).</summary>
internal static class AddressOrder
{
    /// <summary>Most addresses that one dial tries: each may hold a socket until the dial is over.</summary>
    public const int MaxAddresses = 10;

    /// <summary>Alternates between the address families, and keeps the order within each. The first address stays the first.</summary>
    /// <param name="found">The addresses in the system's order (RFC 6724).</param>
    public static IReadOnlyList<IPAddress> From(IEnumerable<IPAddress> found)
    {
        var families = found.Distinct().GroupBy(static address => address.AddressFamily).Select(static family => family.ToList()).ToList();
        var rounds = families.Count == 0 ? 0 : families.Max(static family => family.Count);
        return
        [
            .. Enumerable.Range(0, rounds)
                .SelectMany(round => families.Where(family => round < family.Count).Select(family => family[round]))
                .Take(MaxAddresses),
        ];
    }
}
