using Akka.Configuration;
using WsActors.Settings;

namespace WsActors;

/// <summary>Whether and when a client connects again: <c>ws-actors.client.reconnect</c>. A new instance has the defaults.</summary>
public sealed record ReconnectOptions
{
    /// <summary>The defaults.</summary>
    public ReconnectOptions()
        : this(Defaults.Client.Reconnect)
    {
    }

    internal ReconnectOptions(Unset _)
    {
    }

    /// <summary>
    /// Whether to connect again when the connection ends, or cannot be made. It ends for good by <see cref="Ws.Close"/>, by the end of
    /// its handler, by a close with 1000 from the server, and by an answer that would be the same again
    /// (<see cref="Ws.ConnectFailed.IsFinal"/>).
    /// </summary>
    public bool Enabled { get; init; }

    /// <summary>The first delay is a random part of this, each next one of twice as much, up to <see cref="MaxBackoff"/>.</summary>
    public TimeSpan MinBackoff { get; init; }

    /// <summary>The longest delay, also where the server asks for more.</summary>
    public TimeSpan MaxBackoff { get; init; }

    /// <summary>A connection that was open this long ends the doubling: the next delay is a first one.</summary>
    public TimeSpan ResetAfter { get; init; }

    internal ReconnectOptions Checked() => MinBackoff <= MaxBackoff ? this : throw new ConfigurationException(
        $"ws-actors.client.reconnect.min-backoff = {MinBackoff} is not usable: it must be at most max-backoff, which is {MaxBackoff}.");
}
