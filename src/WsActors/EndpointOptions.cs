using Akka.Configuration;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;

namespace WsActors;

/// <summary>
/// The limits and deadlines of one listening endpoint, or of a client's connection (<see cref="ClientOptions.Limits"/>). Made from
/// <c>ws-actors</c> in HOCON, where the defaults are; may be changed
/// in code with <c>with</c>. A deadline that may be off is null then. Checked when the endpoint is bound.
/// </summary>
public sealed record EndpointOptions
{
    /// <summary>The longest duration of any setting.</summary>
    internal static TimeSpan Longest { get; } = TimeSpan.FromDays(24);

    /// <summary>
    /// From the accepted socket to the complete request; past it 408, or the end without a word if nothing came. Of a client: from its
    /// socket to the server's complete answer.
    /// </summary>
    public required TimeSpan HandshakeTimeout { get; init; }

    /// <summary>For a guard, or a delegate that answers plain HTTP; past it 503.</summary>
    public required TimeSpan GuardTimeout { get; init; }

    /// <summary>
    /// Most guards and delegates of one route that run at a time, each until its task has ended, also past <see cref="GuardTimeout"/>.
    /// More wait.
    /// </summary>
    public required int MaxGuards { get; init; }

    /// <summary>Most of them that wait, for each route; past it 503 at once.</summary>
    public required int MaxWaitingGuards { get; init; }

    /// <summary>Sizes of the request; past them 414 or 431.</summary>
    public required RequestLimits Request { get; init; }

    /// <summary>Whether <c>Origin</c> is checked (RFC 6455 §10.2).</summary>
    public required bool CheckOrigin { get; init; }

    /// <summary>
    /// Origins that may connect beside the server's own: <c>https://www.example.com</c>, <c>https://*.example.com</c> for all below the
    /// domain,
    /// <c>file://</c>, <c>null</c>.
    /// </summary>
    public required IReadOnlyList<string> AllowedOrigins { get; init; }

    /// <summary>
    /// Names and addresses, without a port, by which browsers may know the server, such as <c>example.com</c> or <c>*.example.com</c>.
    /// None: any, but on
    /// loopback those of loopback alone, which are its own there in any case.
    /// </summary>
    public required IReadOnlyList<string> AllowedHosts { get; init; }

    /// <summary>
    /// Addresses or networks (<c>10.0.0.0/8</c>) whose forwarding headers are believed: <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c>
    /// and <c>-Port</c>, or <c>Forwarded</c> (RFC 7239).
    /// </summary>
    public required IReadOnlyList<string> TrustedProxies { get; init; }

    /// <summary>The kind of headers that they write. They must overwrite the client's own, or append to them.</summary>
    public required ForwardedHeadersMode ForwardedHeaders { get; init; }

    /// <summary>Sizes of a message; past them 1009 or 1008.</summary>
    public required MessageLimits Message { get; init; }

    /// <summary>Whether and how messages are compressed.</summary>
    public required CompressionOptions Compression { get; init; }

    /// <summary>Most sockets that are accepted a second; past it 503. Null is off.</summary>
    public required int? MaxAcceptsPerSecond { get; init; }

    /// <summary>Most messages a second, pings and pongs included; past it 1008. Null is off. See <c>rate</c> in HOCON.</summary>
    public required int? MaxMessagesPerSecond { get; init; }

    /// <summary>Most bytes a second as they come from the socket; past it 1008. Null is off.</summary>
    public required int? MaxBytesPerSecond { get; init; }

    /// <summary>Most bytes that wait to be sent; past it 1013.</summary>
    public required int MaxQueuedBytes { get; init; }

    /// <summary>The longest time that a full queue may drain before it is dropped.</summary>
    public required TimeSpan QueueGrace { get; init; }

    /// <summary>
    /// Reading pauses while more bytes than this wait: to be sent, to be dealt with by the handler, be it that it has stashed them, and of
    /// the message that is coming, together. More than <see cref="MaxQueuedBytes"/> means that.
    /// </summary>
    public required int PauseReadingAboveBytes { get; init; }

    /// <summary>
    /// While more bytes than this wait to be sent, the handler knows the connection as congested. More than half of
    /// <see cref="MaxQueuedBytes"/> means that.
    /// </summary>
    public required int CongestedAboveBytes { get; init; }

    /// <summary>
    /// When no more bytes than this wait, a congested connection is writable again. Less than <see cref="CongestedAboveBytes"/>.
    /// </summary>
    public required int WritableBelowBytes { get; init; }

    /// <summary>A ping after this much silence of the peer; null is off.</summary>
    public required TimeSpan? PingInterval { get; init; }

    /// <summary>
    /// How long anything at all may take to follow a ping; past it 1006. With <see cref="ClientOptions.KeepsSession"/> 5 s at least.
    /// </summary>
    public required TimeSpan PongTimeout { get; init; }

    /// <summary>The longest time without a message either way; past it 1001. Null is off.</summary>
    public required TimeSpan? IdleTimeout { get; init; }

    /// <summary>Over this long a begun frame must go on at <see cref="MinBytesPerSecond"/>; past it 1008.</summary>
    public required TimeSpan PartialFrameTimeout { get; init; }

    /// <summary>
    /// Over this long a begun message must go on at <see cref="MinBytesPerSecond"/>, control frames not counted; past it 1008. Null is
    /// off.
    /// </summary>
    public required TimeSpan? PartialMessageTimeout { get; init; }

    /// <summary>The longest time that the kernel may not take a write; past it the socket is reset.</summary>
    public required TimeSpan WriteTimeout { get; init; }

    /// <summary>Below this rate a begun frame or message does not count as going on.</summary>
    public required int MinBytesPerSecond { get; init; }

    /// <summary>
    /// How long the peer may take to answer a close frame and to close its socket; past it the socket is reset. So long a handler, too, may
    /// take to answer what came before the peer's last frame.
    /// </summary>
    public required TimeSpan CloseTimeout { get; init; }

    /// <summary>Restarts of a failing handler within <see cref="HandlerRestartWindow"/>; the next failure closes with 1011.</summary>
    public required int MaxHandlerRestarts { get; init; }

    /// <summary>See <see cref="MaxHandlerRestarts"/>.</summary>
    public required TimeSpan HandlerRestartWindow { get; init; }

    /// <summary>Certificates and the rest, where the endpoint is at <c>wss://</c>; elsewhere without meaning.</summary>
    public required TlsOptions Tls { get; init; }

    /// <summary>The permissions of the socket's file, for endpoints at <c>ws+unix://</c>; elsewhere without meaning.</summary>
    public required UnixFileMode UnixPermissions { get; init; }

    /// <summary>The same, once it is known to be usable: what HOCON gives was checked there, what code changed was not.</summary>
    /// <exception cref="ConfigurationException">A value is out of range; the sentence names it.</exception>
    internal EndpointOptions Checked()
    {
        Require(HandshakeTimeout, "handshake.timeout");
        Require(GuardTimeout, "handshake.guard-timeout");
        Require(QueueGrace, "send-queue.grace");
        Require(PingInterval, "keep-alive.ping-interval");
        Require(PongTimeout, "keep-alive.pong-timeout");
        Require(IdleTimeout, "keep-alive.idle-timeout");
        Require(PartialFrameTimeout, "progress.partial-frame-timeout");
        Require(PartialMessageTimeout, "progress.partial-message-timeout");
        Require(WriteTimeout, "progress.write-timeout");
        Require(CloseTimeout, "close-timeout");
        Require(HandlerRestartWindow, "handler.restart-window");
        Require(Tls.ReloadInterval, "tls.reload-interval");
        Require(MaxGuards, 1, "handshake.max-guards");
        Require(MaxWaitingGuards, 0, "handshake.max-waiting-guards");
        Require(Request.MaxRequestLineBytes, 1, "handshake.max-request-line");
        Require(Request.MaxHeaderBytes, 1, "handshake.max-header-bytes");
        Require(Request.MaxHeaders, 1, "handshake.max-headers");
        Require(Compression.ThresholdBytes, 0, "compression.threshold");
        Require(MaxAcceptsPerSecond ?? 1, 1, "rate.max-accepts");
        Require(MaxMessagesPerSecond ?? 1, 1, "rate.max-messages");
        Require(MaxBytesPerSecond ?? 1, 1, "rate.max-bytes");
        Require(MaxQueuedBytes, 1, "send-queue.max-size");
        Require(PauseReadingAboveBytes, 1, "send-queue.pause-reading-above");
        Require(CongestedAboveBytes, 1, "send-queue.congested-above");
        Require(WritableBelowBytes, 0, "send-queue.writable-below");
        Require(MinBytesPerSecond, 0, "progress.min-rate");
        Require(MaxHandlerRestarts, 0, "handler.max-restarts");
        return FittedToQueue();
    }

    /// <summary>Marks that a small queue would never reach, moved to where it does.</summary>
    private EndpointOptions FittedToQueue()
    {
        if (WritableBelowBytes >= CongestedAboveBytes)
        {
            throw new ConfigurationException(
                $"ws-actors.send-queue.writable-below = {WritableBelowBytes} is not usable: it must be less than congested-above, which is"
                + $" {CongestedAboveBytes}.");
        }

        var congested = Math.Min(CongestedAboveBytes, MaxQueuedBytes / 2);
        return this with
        {
            PauseReadingAboveBytes = Math.Min(PauseReadingAboveBytes, MaxQueuedBytes),
            CongestedAboveBytes = congested,
            WritableBelowBytes = congested < CongestedAboveBytes ? Math.Min(WritableBelowBytes, congested / 2) : WritableBelowBytes,
        };
    }

    internal static void Require(TimeSpan? time, string key)
    {
        if (time <= TimeSpan.Zero || time > Longest)
        {
            throw new ConfigurationException($"ws-actors.{key} = {time} is not usable: it must be longer than nothing and at most {Longest}.");
        }
    }

    internal static void Require(int value, int min, string key)
    {
        if (value < min)
        {
            throw new ConfigurationException($"ws-actors.{key} = {value} is not usable: it must be at least {min}.");
        }
    }
}
