namespace WsActors.Dispatch;

/// <summary>Who deals with what comes by a socket on the very thread that waits for it: <c>ws-actors.sockets.inline</c>.</summary>
internal enum Inline
{
    /// <summary>Nobody: that is the thread pool's, where connections run on the thread that reads.</summary>
    Off,

    /// <summary>Connections, which never wait for anything.</summary>
    Connections,

    /// <summary>And the handlers made for them, unless their Props name a dispatcher or a mailbox, as long as they are quick: where pollers of ours wait.</summary>
    Handlers,
}
