using System.Globalization;
using WsActors.Protocol.Handshake;

namespace WsActors.Connection;

/// <summary>Refusals caused by time or load, not by the request.</summary>
internal static class Refusals
{
    public static Refusal TooSlow { get; } =
        new(408, "The request did not arrive in time; send it at once after connecting.");

    public static Refusal Failed { get; } = new(500, "The server failed to answer; its log says why.");

    public static Refusal GoingAway(ServerEndpointContext endpoint) =>
        Unavailable(endpoint, "The server is shutting down; connect again.");

    public static Refusal Overloaded(ServerEndpointContext endpoint) =>
        Unavailable(endpoint, "The server takes too long to decide; come back later.");

    /// <summary>A 503 with the <c>Retry-After</c> of the system.</summary>
    public static Refusal Unavailable(ServerEndpointContext endpoint, string reason)
    {
        var seconds = (int)Math.Ceiling(endpoint.RetryAfter.TotalSeconds);
        return new Refusal(503, reason, new HttpHeader("Retry-After", seconds.ToString(CultureInfo.InvariantCulture)));
    }
}
