using WsActors.Protocol.Handshake;
using WsActors.Routing;

namespace WsActors.Hosted;

/// <summary>The response to a <see cref="HostedRequest"/>, which the host sends.</summary>
public abstract record HostedResponse
{
    private HostedResponse()
    {
    }

    /// <summary>The request is upgraded: 101, or 200 with HTTP/2. <see cref="HostedUpgrade.RunAsync"/> follows.</summary>
    /// <param name="Headers">The headers of the response.</param>
    public sealed record Accepted(IReadOnlyList<HttpHeader> Headers) : HostedResponse;

    /// <summary>The request is answered with this response and not upgraded.</summary>
    public sealed record Refused(PlainResponse Response) : HostedResponse;

    /// <summary>The request ended before it was answered: there is nothing to send.</summary>
    public sealed record Ended : HostedResponse
    {
        private Ended()
        {
        }

        internal static Ended Instance { get; } = new();
    }
}
