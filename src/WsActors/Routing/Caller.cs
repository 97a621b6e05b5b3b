using System.Net;

namespace WsActors.Routing;

/// <summary>The client's address and the server's origin in a request.</summary>
/// <param name="Client">The socket's remote address, or the client address that trusted proxies name.</param>
/// <param name="Self">The server's own origin as the client sees it.</param>
/// <param name="IsForwarded">Whether the two come from a trusted proxy.</param>
internal sealed record Caller(IPAddress Client, Origin Self, bool IsForwarded);
