using Akka.Actor;
using WsActors.Connection;
using WsActors.Routing;
using WsActors.Tracing;
using WsActors.Transport.Streams;

namespace WsActors.Hosted;

/// <summary>
/// An endpoint that does not listen: the HTTP server of a host hands over requests for upgrades. From there on a connection is one as of
/// any other endpoint: the same actors, limits, deadlines, drain and statistics. Created by <see cref="WebSocketExtension.HostAsync"/>;
/// any thread.
/// </summary>
public sealed class HostedEndpoint
{
    private readonly ServerEndpointContext _endpoint;

    private readonly RouteTable _routes;

    private readonly IActorRef _manager;

    internal HostedEndpoint(ServerEndpointContext endpoint, RouteTable routes, IActorRef manager) =>
        (_endpoint, _routes, _manager) = (endpoint, routes, manager);

    /// <summary>The name. One such as <c>http://localhost:5000</c> is also the address in its metrics.</summary>
    public string Name => _endpoint.Name;

    /// <summary>Starts a connection for a request.</summary>
    /// <exception cref="ArgumentException">The request's route is not one of this endpoint.</exception>
    public HostedUpgrade Start(HostedRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var route = _routes.Named(request.Route)
            ?? throw new ArgumentException($"Route '{request.Route}' is not one of {Name}.", nameof(request));
        var source = new StreamConnection(_manager, _endpoint.BufferPool);
        var verdict = _endpoint.Rules.EvaluateHosted(route, request);
        var arrived = new RequestArrived(_endpoint, source, request.ClientAddress, verdict);
        if (Tracer.IsOn && HandshakeTrace.StartHosted(_endpoint, verdict) is { } span)
        {
            TraceContexts.Set(arrived, span);
        }

        _manager.Tell(arrived, source);
        return new HostedUpgrade(_endpoint, source);
    }
}
