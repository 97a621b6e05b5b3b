using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>
/// The forwarding headers of a request, of one kind: <c>X-Forwarded-*</c> or <c>Forwarded</c> (RFC 7239). Lists have one entry for each
/// proxy, the nearest proxy's last; a single entry stands for all proxies. <see cref="TrustedProxies"/> decides which entries are trusted.
/// Immutable.
/// </summary>
internal sealed class ForwardedHops
{
    private static readonly string[] Names = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port"];

    private readonly bool _isStandard;
    private readonly IReadOnlyList<string?> _clients;
    private readonly IReadOnlyList<string?> _schemes;
    private readonly IReadOnlyList<string?> _hosts;
    private readonly IReadOnlyList<string?> _ports;

    /// <param name="http">The request.</param>
    /// <param name="isStandard">True for <c>Forwarded</c>, false for <c>X-Forwarded-*</c>. The other kind is ignored.</param>
    public ForwardedHops(RequestHead http, bool isStandard)
    {
        IsAny = ArePresent(http, isStandard);
        _isStandard = isStandard;
        if (!isStandard)
        {
            (_clients, _schemes, _hosts, _ports) = (List(http, Names[0]), List(http, Names[1]), List(http, Names[2]), List(http, Names[3]));
            return;
        }

        var elements = ForwardedHeaderParser.Read(http.Headers.All(ForwardedHeaderParser.Name));
        _clients = [.. elements.Select(static element => element.For)];
        _schemes = [.. elements.Select(static element => element.Proto)];
        _hosts = [.. elements.Select(static element => element.Host)];
        _ports = [];
    }

    /// <summary>Whether a request has headers of a kind.</summary>
    /// <inheritdoc cref="ForwardedHops(RequestHead, bool)" path="/param"/>
    public static bool ArePresent(RequestHead http, bool isStandard) =>
        isStandard ? http.Headers.CountOf(ForwardedHeaderParser.Name) > 0 : Array.Exists(Names, name => http.Headers.CountOf(name) > 0);

    /// <summary>Whether the request has any of these headers. Scripts in a browser cannot add them to a handshake.</summary>
    public bool IsAny { get; }

    /// <summary>The name of the header that carries a parameter.</summary>
    /// <param name="parameter">For, Proto or Host.</param>
    public string HeaderOf(string parameter) => _isStandard ? ForwardedHeaderParser.Name : $"X-Forwarded-{parameter}";

    /// <summary>The client that a proxy wrote; null if it wrote none.</summary>
    /// <param name="hop">1 for the nearest proxy, 2 for the one before it.</param>
    public string? ClientOf(int hop) => hop <= _clients.Count ? _clients[^hop] : null;

    /// <summary>The scheme by which the outermost trusted proxy received the request; null if no trusted proxy wrote one.</summary>
    /// <param name="hops">The number of trusted proxies.</param>
    public string? Scheme(int hops) => ValueAt(_schemes, hops);

    /// <summary>
    /// The host in the request to the outermost trusted proxy, with or without a port; null if no trusted proxy wrote one.
    /// </summary>
    /// <inheritdoc cref="Scheme" path="/param"/>
    public string? Host(int hops) => ValueAt(_hosts, hops);

    /// <summary>The port of the outermost trusted proxy, in digits; null if no trusted proxy wrote one.</summary>
    /// <inheritdoc cref="Scheme" path="/param"/>
    public string? Port(int hops) => ValueAt(_ports, hops);

    private static string? ValueAt(IReadOnlyList<string?> list, int hops) =>
        list.Skip(Math.Max(0, list.Count - hops)).FirstOrDefault(static value => value is not null);

    private static string[] List(RequestHead http, string header)
    {
        const StringSplitOptions Options = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        return [.. http.Headers.All(header).SelectMany(static line => line.Split(',', Options))];
    }
}
