using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace WsActors.Server.Telemetry;

/// <summary>The address at which Prometheus scrapes the program: the value of <c>--metrics</c>.</summary>
/// <param name="Host">An IPv4 address, a name of this machine, or <c>*</c>.</param>
/// <param name="Port">From 1.</param>
internal sealed record MetricsAddress(string Host, int Port)
{
    /// <summary>The path of the metrics.</summary>
    public const string Path = "/metrics";

    private const string Scheme = "http://";

    // .NET's HTTP listener has no other way to say it, and refuses 0.0.0.0.
    private const string EveryAddress = "*";

    /// <summary>Whether it is every IPv4 address, and any <c>Host</c> header is served.</summary>
    public bool IsEveryAddress => Host == EveryAddress;

    /// <summary>Parses <c>http://host:port</c>; the path may follow.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MetricsAddress? address)
    {
        address = null;
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var authority = text[Scheme.Length..];
        authority = authority.EndsWith(Path, StringComparison.Ordinal) ? authority[..^Path.Length] : authority.TrimEnd('/');
        var colon = authority.LastIndexOf(':');
        if (colon > 0
            && IsHost(authority[..colon])
            && ushort.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port > 0)
        {
            address = new MetricsAddress(authority[..colon] is "0.0.0.0" ? EveryAddress : authority[..colon], port);
        }

        return address is not null;
    }

    /// <summary>The URL of the metrics.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Scheme}{Host}:{Port}{Path}");

    // .NET's HTTP listener has no IPv6 outside of Windows.
    private static bool IsHost(string text) =>
        text == EveryAddress || Uri.CheckHostName(text) is UriHostNameType.Dns or UriHostNameType.IPv4;
}
