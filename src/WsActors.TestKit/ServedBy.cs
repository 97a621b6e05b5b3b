using Akka.Actor;

namespace WsActors.TestKit;

/// <summary>
/// Tells a played socket which connection serves it: an HTTP server that took the socket by <c>Tcp.Register</c> is not the connection.
/// Immutable.
/// </summary>
/// <param name="Connection">The actor of the connection.</param>
public sealed record ServedBy(IActorRef Connection);
