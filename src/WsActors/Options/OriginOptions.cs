using WsActors.Settings;

namespace WsActors;

/// <summary>The pages that may open a WebSocket (RFC 6455 §10.2): <c>ws-actors.origin</c>. A new instance has the defaults.</summary>
public sealed record OriginOptions
{
    /// <summary>The defaults.</summary>
    public OriginOptions()
        : this(Defaults.Endpoint.Origin)
    {
    }

    internal OriginOptions(Unset _) => (Allowed, Hosts) = ([], []);

    /// <summary>Whether <c>Origin</c> is checked; false lets every page of the web in.</summary>
    public bool Check { get; init; }

    /// <summary>
    /// Origins that may connect beside the server's own: <c>https://www.example.com</c>, <c>https://*.example.com</c> for all below the
    /// domain, <c>file://</c>, <c>null</c>. A page of another origin is answered 403.
    /// </summary>
    public IReadOnlyList<string> Allowed { get; init; }

    /// <summary>
    /// Names and addresses of the server, without a port, by which browsers may know it: <c>example.com</c>, <c>*.example.com</c>. Empty is
    /// any; on loopback only the names of loopback, which are its own in any case.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; init; }
}
