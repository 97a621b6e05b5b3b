using System.Net;

namespace WsActors.Routing;

/// <summary>The client's address and the server's origin in a request.</summary>
/// <param name="Client">The address at the other end of the socket, or the one that trusted proxies name.</param>
/// <param name="Self">The server's own origin as the client sees it.</param>
/// <param name="IsForwarded">Whether a trusted proxy passed that on.</param>
internal sealed record Caller(IPAddress Client, Origin Self, bool IsForwarded);
