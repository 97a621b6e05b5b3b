using Akka.Configuration;
using WsActors.Settings;

namespace WsActors;

/// <summary>
/// The options of a connection to a server. What only clients have is below <c>ws-actors.client</c>. A new instance has the defaults of
/// <c>hocon/ws-actors.conf</c>, and not what a system's own HOCON sets: that is given to <see cref="Ws.Connect.Configure"/>. Checked before
/// anything is dialed.
/// </summary>
public sealed record ClientOptions : ConnectionOptions
{
    /// <summary>The defaults.</summary>
    public ClientOptions()
        : this(Defaults.Client)
    {
    }

    internal ClientOptions(Unset unset)
        : base(unset)
    {
        Tls = new ClientTlsOptions(unset);
        Reconnect = new ReconnectOptions(unset);
        Session = new ClientSessionOptions(unset);
    }

    /// <summary>From the lookup of the name to the socket; past it the connection has failed.</summary>
    public TimeSpan ConnectTimeout { get; init; }

    /// <summary>The trusted and the own certificates; for servers at <c>wss://</c> only.</summary>
    public ClientTlsOptions Tls { get; init; }

    /// <summary>Whether and when to connect again.</summary>
    public ReconnectOptions Reconnect { get; init; }

    /// <summary>Whether the connection outlives its sockets.</summary>
    public ClientSessionOptions Session { get; init; }

    /// <inheritdoc/>
    internal override ClientOptions Checked()
    {
        ClientSettings.Table.Check(this);
        return this with { SendQueue = SendQueue.Fitted(), Reconnect = Reconnect.Checked() };
    }

    /// <summary>The options as a system's HOCON has them.</summary>
    /// <exception cref="ConfigurationException">A value is missing or out of range; the sentence names key and value.</exception>
    internal static ClientOptions FromConfig(Config config)
    {
        var options = ClientSettings.Table.Read(ConfigReader.FromConfig(config), new ClientOptions(default(Unset)));
        options.Checked();
        return options;
    }
}
