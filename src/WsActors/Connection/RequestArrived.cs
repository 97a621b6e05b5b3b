using System.Net;
using Akka.Actor;
using WsActors.Routing;
using WsActors.Transport.Streams;

namespace WsActors.Connection;

/// <summary>Another HTTP server hands a request over to the manager, as a listener does with a socket.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Source">The byte source; it has no stream yet.</param>
/// <param name="Client">The client's address.</param>
/// <param name="Verdict">The decision of the endpoint's rules.</param>
internal sealed record RequestArrived(ServerEndpointContext Endpoint, StreamConnection Source, IPAddress Client, Verdict Verdict)
    : INoSerializationVerificationNeeded;
