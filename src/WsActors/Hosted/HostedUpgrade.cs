using WsActors.Connection;
using WsActors.Protocol.Handshake;
using WsActors.Transport.Streams;

namespace WsActors.Hosted;

/// <summary>
/// A request for an upgrade, from <see cref="HostedEndpoint.Start"/> to the end of its WebSocket. Used by the request's code.
/// </summary>
public sealed class HostedUpgrade
{
    /// <summary>A connection that does not answer within the handshake's timeout has failed: its own deadline is earlier.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly ServerEndpointContext _endpoint;

    private readonly StreamConnection _source;

    internal HostedUpgrade(ServerEndpointContext endpoint, StreamConnection source) => (_endpoint, _source) = (endpoint, source);

    /// <summary>Awaits the response: admission and the route's guard decide. Bounded by the endpoint's <c>handshake.timeout</c>.</summary>
    /// <param name="aborted">Cancelled when the client has gone.</param>
    public async Task<HostedResponse> ResponseAsync(CancellationToken aborted)
    {
        using var end = aborted.UnsafeRegister(
            static source => ((StreamConnection)source!).FailUpgrade("the client ended its request"), _source);
        try
        {
            return await _source.Answer.WaitAsync(_endpoint.Options.Handshake.Timeout + Grace, CancellationToken.None).ConfigureAwait(false)
                switch
            {
                IReadOnlyList<HttpHeader> headers => new HostedResponse.Accepted(headers),
                PlainResponse response => new HostedResponse.Refused(response),
                _ => HostedResponse.Ended.Instance,
            };
        }
        catch (TimeoutException)
        {
            _source.FailUpgrade("the connection did not answer");
            return new HostedResponse.Refused(Refusals.Overloaded(_endpoint).ToResponse());
        }
    }

    /// <summary>Runs the WebSocket. The request must not end before the task has completed; the task does not fail.</summary>
    /// <param name="upgraded">The upgraded request.</param>
    public Task RunAsync(HostedTransport upgraded)
    {
        ArgumentNullException.ThrowIfNull(upgraded);
        _source.Start(upgraded);
        return _source.Completion;
    }

    /// <summary>The host could not send the accepting response: the connection ends without a WebSocket.</summary>
    public void Fail() => _source.FailUpgrade("the request could not be upgraded");
}
