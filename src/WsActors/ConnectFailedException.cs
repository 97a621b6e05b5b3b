namespace WsActors;

/// <summary>A server could not be connected to; the message names the cause and a remedy.</summary>
public sealed class ConnectFailedException(Ws.ConnectFailed failure) : Exception(failure?.Reason)
{
    /// <summary>The server's answer, if any, and whether another attempt may succeed.</summary>
    public Ws.ConnectFailed Failure { get; } = failure ?? throw new ArgumentNullException(nameof(failure));
}
