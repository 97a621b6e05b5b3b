using WsActors.Settings;

namespace WsActors;

/// <summary>
/// A client's session, a connection that outlives its sockets: <c>ws-actors.client.session</c>. A new instance has the defaults.
/// </summary>
public sealed record ClientSessionOptions
{
    /// <summary>The defaults.</summary>
    public ClientSessionOptions()
        : this(Defaults.Client.Session)
    {
    }

    internal ClientSessionOptions(Unset _)
    {
    }

    /// <summary>
    /// Whether the connection is a session, with a server that speaks a version of <c>wsactors.session</c>. It connects again whatever
    /// <see cref="ReconnectOptions.Enabled"/> says. The handler is told <see cref="Ws.Opened"/> when the session begins,
    /// <see cref="Ws.Reconnecting"/> in between, and <see cref="Ws.Closed"/> when it is over. Every message comes once and in order, either
    /// way. <see cref="Ws.Send.Ack"/> is told when the server's session has handled the message.
    /// </summary>
    public bool Enabled { get; init; }

    /// <summary>
    /// Most payload bytes of messages that the server has not acknowledged, sent or waiting for a connection; past it, and past
    /// <see cref="MaxUnacknowledgedMessages"/>, a message is <see cref="Ws.SendFailure.QueueFull"/>.
    /// </summary>
    public int MaxUnacknowledgedBytes { get; init; }

    /// <summary>Most such messages.</summary>
    public int MaxUnacknowledgedMessages { get; init; }
}
