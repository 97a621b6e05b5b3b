using Akka.Configuration;
using WsActors.Settings;

namespace WsActors;

/// <summary>
/// The limits and deadlines that hold for a connection at either end: an endpoint's (<see cref="EndpointOptions"/>) and a client's
/// (<see cref="ClientOptions"/>). A property is named as its key in <c>ws-actors</c>; of a size it ends in <c>Bytes</c>. A value that may
/// be off is null then. Immutable; changed with <c>with</c>.
/// </summary>
public abstract record ConnectionOptions
{
    private protected ConnectionOptions(Unset unset)
    {
        Handshake = new HandshakeOptions(unset);
        Message = new MessageOptions(unset);
        Compression = new CompressionOptions(unset);
        Rate = new RateOptions(unset);
        SendQueue = new SendQueueOptions(unset);
        KeepAlive = new KeepAliveOptions(unset);
        Progress = new ProgressOptions(unset);
        Handler = new HandlerOptions(unset);
    }

    /// <summary>The time and the sizes of the opening handshake.</summary>
    public HandshakeOptions Handshake { get; init; }

    /// <summary>The sizes of a message that comes in.</summary>
    public MessageOptions Message { get; init; }

    /// <summary>The compression of messages.</summary>
    public CompressionOptions Compression { get; init; }

    /// <summary>The rates at which a peer may send.</summary>
    public RateOptions Rate { get; init; }

    /// <summary>The queue of what waits to be sent.</summary>
    public SendQueueOptions SendQueue { get; init; }

    /// <summary>Pings, and the deadlines of silence.</summary>
    public KeepAliveOptions KeepAlive { get; init; }

    /// <summary>The deadlines of a frame, a message or a write that has begun.</summary>
    public ProgressOptions Progress { get; init; }

    /// <summary>
    /// The peer's time to answer a close frame and to close its socket; past it the socket is reset. The handler has as long for its
    /// replies to what came before the peer's close frame.
    /// </summary>
    public TimeSpan CloseTimeout { get; init; }

    /// <summary>The restarts of a failing handler.</summary>
    public HandlerOptions Handler { get; init; }

    /// <summary>The same options, checked. HOCON is checked when it is read; what code has set is checked here.</summary>
    /// <exception cref="ConfigurationException">A value is out of range; the sentence names its key.</exception>
    internal abstract ConnectionOptions Checked();
}
