using System.Globalization;
using WsActors.Protocol.Handshake;

namespace WsActors.Connection;

/// <summary>The refusals that come from time and load instead of the request.</summary>
internal static class Refusals
{
    public static Refusal TooSlow { get; } = new(408, "The request did not arrive in time; send it at once after connecting.");

    public static Refusal Failed { get; } = new(500, "The server failed to answer; its log says why.");

    public static Refusal GoingAway(ServerEndpointContext endpoint) => Unavailable(endpoint, "The server is shutting down; connect again.");

    public static Refusal Overloaded(ServerEndpointContext endpoint) => Unavailable(endpoint, "The server takes too long to decide; come back later.");

    /// <summary>503, with the time after which trying again makes sense.</summary>
    public static Refusal Unavailable(ServerEndpointContext endpoint, string reason) =>
        new(503, reason, new HttpHeader("Retry-After", ((int)Math.Ceiling(endpoint.RetryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture)));
}
