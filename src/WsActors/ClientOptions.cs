using Akka.Configuration;
using WsActors.Manager;

namespace WsActors;

/// <summary>
/// The limits and deadlines of a connection to a server. Made from <c>ws-actors</c> in HOCON, where the defaults are; may be changed in
/// code with <c>with</c>. Checked before anything is dialled.
/// </summary>
public sealed record ClientOptions
{
    /// <summary>
    /// What holds for either end. <see cref="EndpointOptions.HandshakeTimeout"/> is the server's time to answer once the socket is
    /// there, <see cref="EndpointOptions.Request"/> limits its answer; what is said there of origins, guards, proxies and accepted sockets
    /// means
    /// nothing to a client.
    /// </summary>
    public required EndpointOptions Limits { get; init; }

    /// <summary>From the look-up of the name to the socket.</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>
    /// Whether to connect again when the connection ends, or cannot be made. It ends for good by <see cref="Ws.Close"/>, by the end of
    /// its handler, by a close with 1000 from the server, and by an answer that would be the same again (see
    /// <see cref="Ws.ConnectFailed.IsFinal"/>).
    /// </summary>
    public required bool Reconnects { get; init; }

    /// <summary>The first delay is a random part of this, each next one of twice as much, up to <see cref="MaxBackoff"/>.</summary>
    public required TimeSpan MinBackoff { get; init; }

    /// <summary>No delay is longer, whatever the server asks for.</summary>
    public required TimeSpan MaxBackoff { get; init; }

    /// <summary>A connection that was open so long ends the doubling: the next delay is a first one.</summary>
    public required TimeSpan ResetAfter { get; init; }

    /// <summary>
    /// Whether what the handler has is a session: a connection that outlives its sockets, with a server that speaks
    /// <c>wsactors.session.v2</c> or <c>.v1</c>. It connects again whatever <see cref="Reconnects"/> says, and the handler is told
    /// <see cref="Ws.Opened"/> when the session begins, <see cref="Ws.Reconnecting"/> in between, and <see cref="Ws.Closed"/> when it is
    /// over. Every message comes once and in
    /// order, either way. <see cref="Ws.Send.Ack"/> is told when the server's session has dealt with the message.
    /// </summary>
    public required bool KeepsSession { get; init; }

    /// <summary>
    /// Most payload bytes of messages that the server has not acknowledged, sent or waiting for a connection. Past it, and past
    /// <see cref="MaxUnacknowledgedMessages"/>, a message is <see cref="Ws.SendFailure.QueueFull"/>.
    /// </summary>
    public required int MaxUnacknowledgedBytes { get; init; }

    /// <summary>Most such messages.</summary>
    public required int MaxUnacknowledgedMessages { get; init; }

    /// <summary>The trusted and the own certificates, for servers at <c>wss://</c>; elsewhere without meaning.</summary>
    public required ClientTlsOptions Tls { get; init; }

    /// <param name="config">Has the keys of <c>ws-actors.client</c>.</param>
    /// <param name="limits">What every endpoint begins with.</param>
    /// <exception cref="ConfigurationException">A key is missing or out of range; the sentence names it and its value.</exception>
    internal static ClientOptions From(Config config, EndpointOptions limits)
    {
        var read = new ManagerSettings.ConfigReader(config.GetConfig("ws-actors"));
        return new ClientOptions
        {
            Limits = limits,
            ConnectTimeout = read.Duration("client.connect-timeout"),
            Reconnects = read.Switch("client.reconnect.enabled"),
            MinBackoff = read.Duration("client.reconnect.min-backoff"),
            MaxBackoff = read.Duration("client.reconnect.max-backoff"),
            ResetAfter = read.Duration("client.reconnect.reset-after"),
            KeepsSession = read.Switch("client.session.enabled"),
            MaxUnacknowledgedBytes = read.Size("client.session.max-unacknowledged-size", 1),
            MaxUnacknowledgedMessages = read.Count("client.session.max-unacknowledged-messages", 1),
            Tls = ClientTlsOptions.From(read),
        }.Checked();
    }

    /// <summary>The same, once it is known to be usable.</summary>
    /// <exception cref="ConfigurationException">A value is out of range; the sentence names it.</exception>
    internal ClientOptions Checked()
    {
        EndpointOptions.Require(ConnectTimeout, "client.connect-timeout");
        EndpointOptions.Require(MinBackoff, "client.reconnect.min-backoff");
        EndpointOptions.Require(MaxBackoff, "client.reconnect.max-backoff");
        EndpointOptions.Require(ResetAfter, "client.reconnect.reset-after");
        EndpointOptions.Require(MaxUnacknowledgedBytes, 1, "client.session.max-unacknowledged-size");
        EndpointOptions.Require(MaxUnacknowledgedMessages, 1, "client.session.max-unacknowledged-messages");
        return MinBackoff <= MaxBackoff ? this : throw new ConfigurationException(
            $"ws-actors.client.reconnect.min-backoff = {MinBackoff} is not usable: it must be at most max-backoff, which is {MaxBackoff}.");
    }
}
