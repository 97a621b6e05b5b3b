namespace WsActors.Metrics;

/// <summary>The reason for which a socket was refused before it had sent a request.</summary>
internal enum Rejection
{
    /// <summary>The endpoints had as many unfinished requests as they take.</summary>
    TooManyHandshakes,

    /// <summary>The address had as many unfinished requests as it may.</summary>
    TooManyHandshakesOfAddress,

    /// <summary>The endpoint had accepted as many sockets this second as it may.</summary>
    AcceptRate,

    /// <summary>The process had as many files open as it may.</summary>
    TooManyFiles,

    /// <summary>TLS failed.</summary>
    Tls,

    /// <summary>No request arrived in time.</summary>
    Timeout,

    /// <summary>The server stops.</summary>
    Shutdown,
}
