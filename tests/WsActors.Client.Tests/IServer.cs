namespace WsActors.Client.Tests;

/// <summary>
/// A server over real sockets that echoes what it is sent at <c>/</c>, and closes when it is told <c>close 4001 reason</c>. Disposed of, it is
/// gone.
/// </summary>
internal interface IServer : IAsyncDisposable
{
    int Port { get; }
}
