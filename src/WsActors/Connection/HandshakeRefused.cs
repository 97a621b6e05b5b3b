using System.Net;
using Akka.Actor;

namespace WsActors.Connection;

/// <summary>A connection reports to its parent that it refused a request.</summary>
/// <param name="Endpoint">The endpoint that accepted the socket.</param>
/// <param name="Client">The client's address.</param>
/// <param name="Status">The HTTP status of the response.</param>
/// <param name="Reason">One sentence, for the log.</param>
internal sealed record HandshakeRefused(EndpointContext Endpoint, IPAddress Client, int Status, string Reason)
    : INoSerializationVerificationNeeded
{
    /// <summary>The client sent nothing and gets no response: the refusal is counted and not logged (RFC 9112 §9.2).</summary>
    public bool IsSilent { get; init; }
}
