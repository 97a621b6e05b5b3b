namespace WsActors.Client.Tests;

/// <summary>
/// A server over real sockets that echoes at <c>/</c>, and closes upon <c>close 4001 reason</c>. Dispose stops it.
/// </summary>
internal interface IServer : IAsyncDisposable
{
    int Port { get; }
}
