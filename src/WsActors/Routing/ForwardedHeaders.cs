using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>
/// What proxies say of a request by one kind of headers: <c>X-Forwarded-*</c>, or <c>Forwarded</c> (RFC 7239). Lists have an entry for each
/// proxy, the nearest one's last; a single value stands for all. Who may be believed is not decided here. Immutable.
/// </summary>
internal sealed class ForwardedHeaders
{
    private static readonly string[] Names = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port"];

    private readonly bool _isStandard;
    private readonly IReadOnlyList<string?> _clients;
    private readonly IReadOnlyList<string?> _schemes;
    private readonly IReadOnlyList<string?> _hosts;
    private readonly IReadOnlyList<string?> _ports;

    /// <param name="http">The request.</param>
    /// <param name="isStandard">Whether by <c>Forwarded</c>. The other kind is not looked at.</param>
    public ForwardedHeaders(RequestHead http, bool isStandard)
    {
        IsAny = Came(http, isStandard);
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
    /// <inheritdoc cref="ForwardedHeaders(RequestHead, bool)" path="/param"/>
    public static bool Came(RequestHead http, bool isStandard) =>
        isStandard ? http.Headers.CountOf(ForwardedHeaderParser.Name) > 0 : Array.Exists(Names, name => http.Headers.CountOf(name) > 0);

    /// <summary>Whether a proxy said anything at all. Scripts in a browser cannot add these headers to a handshake.</summary>
    public bool IsAny { get; }

    /// <summary>The name of the header that has a value.</summary>
    /// <param name="value">For, Proto or Host.</param>
    public string HeaderOf(string value) => _isStandard ? ForwardedHeaderParser.Name : $"X-Forwarded-{value}";

    /// <summary>The client of a proxy, as that one wrote it; null where it did not.</summary>
    /// <param name="hop">1 for the nearest proxy, 2 for the one before it.</param>
    public string? ClientOf(int hop) => hop <= _clients.Count ? _clients[^hop] : null;

    /// <summary>The scheme that the outermost of the nearest proxies took the request by; null where none said.</summary>
    /// <param name="hops">How many of them are believed.</param>
    public string? Scheme(int hops) => ValueAt(_schemes, hops);

    /// <summary>The host that it was asked for, with a port or without; null where none said.</summary>
    /// <inheritdoc cref="Scheme" path="/param"/>
    public string? Host(int hops) => ValueAt(_hosts, hops);

    /// <summary>The port that it listens at, in digits; null where none said.</summary>
    /// <inheritdoc cref="Scheme" path="/param"/>
    public string? Port(int hops) => ValueAt(_ports, hops);

    private static string? ValueAt(IReadOnlyList<string?> list, int hops) =>
        list.Skip(Math.Max(0, list.Count - hops)).FirstOrDefault(static said => said is not null);

    private static string[] List(RequestHead http, string header) =>
        [.. http.Headers.All(header).SelectMany(static line => line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
}
