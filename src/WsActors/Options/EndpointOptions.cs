using Akka.Configuration;
using WsActors.Settings;

namespace WsActors;

/// <summary>
/// The options of one listening endpoint. A new instance has the defaults of <c>hocon/ws-actors.conf</c>, and not what a system's own
/// HOCON sets: that is given to <see cref="Ws.Bind.Configure"/>. Checked when the endpoint is bound.
/// </summary>
public sealed record EndpointOptions : ConnectionOptions
{
    /// <summary>The defaults.</summary>
    public EndpointOptions()
        : this(Defaults.Endpoint)
    {
    }

    internal EndpointOptions(Unset unset)
        : base(unset)
    {
        Guard = new GuardOptions(unset);
        Auth = new AuthOptions(unset);
        Origin = new OriginOptions(unset);
        Tls = new TlsOptions(unset);
        TrustedProxies = [];
    }

    /// <summary>The time and the number of guards and delegates.</summary>
    public GuardOptions Guard { get; init; }

    /// <summary>Authentication that expires.</summary>
    public AuthOptions Auth { get; init; }

    /// <summary>The pages that may open a WebSocket.</summary>
    public OriginOptions Origin { get; init; }

    /// <summary>
    /// Addresses or networks (<c>10.0.0.0/8</c>) whose forwarding headers are believed: <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c>
    /// and <c>-Port</c>, or <c>Forwarded</c> (RFC 7239).
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; init; }

    /// <summary>The headers that trusted proxies write. They must overwrite the client's own, or append to them.</summary>
    public ForwardedHeadersMode ForwardedHeaders { get; init; }

    /// <summary>Most sockets that are accepted in a second; past it 503 or a reset. Null is off.</summary>
    public int? MaxAcceptsPerSecond { get; init; }

    /// <summary>Certificates, and what clients must show; of an endpoint at <c>wss://</c> only.</summary>
    public TlsOptions Tls { get; init; }

    /// <summary>The permissions of the socket's file; of an endpoint at <c>ws+unix://</c> only.</summary>
    public UnixFileMode UnixPermissions { get; init; }

    /// <inheritdoc/>
    internal override EndpointOptions Checked()
    {
        EndpointSettings.Table.Check(this);
        return this with { SendQueue = SendQueue.Fitted(), Tls = Tls.Checked() };
    }

    /// <summary>The options as a system's HOCON has them.</summary>
    /// <exception cref="ConfigurationException">A value is missing or out of range; the sentence names key and value.</exception>
    internal static EndpointOptions FromConfig(Config config) =>
        EndpointSettings.Table.Read(ConfigReader.FromConfig(config), new EndpointOptions(default(Unset)));
}
