namespace WsActors.Conformance.Tests.Server;

/// <summary>A real echo server on a free port.</summary>
internal interface IEchoServer : IAsyncDisposable
{
    /// <summary>Opens a WebSocket.</summary>
    /// <param name="extensions">The extensions that the client offers; null for none.</param>
    Task<IPeer> Connect(string? extensions);
}
