using System.Diagnostics;
using Akka.Actor;
using WsActors.Handlers;
using WsActors.Protocol.Compression;
using WsActors.Routing;
using WsActors.Tracing;

namespace WsActors.Connection;

/// <summary>
/// The states between a valid request and an open WebSocket: admission, guard, handler, accepting response. Each wait has a deadline, and
/// each refusal is one response. Part of its actor.
/// </summary>
internal sealed class UpgradeAdmission(
    ConnectionActor connection, ServerEndpointContext endpoint, Verdict.Upgrade upgrade, IUpgradeResponse response, TimeSpan deadline)
{
    /// <summary>The span of the handshake, which is the guard's current activity; null where it is not sampled.</summary>
    public Activity? Span { get; init; }

    public void Start()
    {
        connection.PrepareFor(upgrade.Route.Handler);
        connection.TellParent(new Admission.Request(upgrade.Request.ClientAddress, upgrade.Route.Options.ReservedConnections));
        connection.BecomeUntil(deadline, Admitting);
    }

    private void Admitting(object message)
    {
        switch (message)
        {
            case Admission.Granted when upgrade.Route.HasCode(upgrade.IsSession):
                new RouteCall(connection, endpoint, upgrade.Route).Ask(
                    RouteCall.DeadlineWithin(deadline, connection, endpoint),
                    DecideAsync,
                    Decide,
                    response.Refuse);
                break;
            case Admission.Granted: Decide(new UpgradeDecision(GuardDecision.Unguarded, upgrade.Route.PropsFor(upgrade))); break;
            case Admission.Denied refused: response.Refuse(Refusals.Unavailable(endpoint, refused.Reason)); break;
            case Ws.Close: response.Refuse(Refusals.GoingAway(endpoint)); break;
            case WakeUpTime.Tick when connection.IsPastDeadline: response.Refuse(Refusals.Overloaded(endpoint)); break;
            default: connection.HandleDefault(message); break;
        }
    }

    private Task<UpgradeDecision> DecideAsync(CancellationToken cancellation) =>
        Span is null ? upgrade.Route.DecideAsync(upgrade, cancellation) : DecideTracedAsync(Span, cancellation);

    // An async method restores the current activity of its caller.
    private async Task<UpgradeDecision> DecideTracedAsync(Activity span, CancellationToken cancellation)
    {
        Activity.Current = span;
        return await upgrade.Route.DecideAsync(upgrade, cancellation).ConfigureAwait(false);
    }

    private void Decide(UpgradeDecision upgradeDecision)
    {
        switch (upgradeDecision.Decision)
        {
            // A page cannot read a refused handshake: with the close code it knows that it needs a new token.
            case GuardDecision.Accepted accepted when ExpiryOf(accepted) <= endpoint.Clock.Date:
                UpgradeAndClose(AuthenticationExpiry.Close, "The accepted authentication has expired.");
                break;
            case GuardDecision.Accepted accepted: Upgrade(accepted, upgradeDecision.Handler); break;
            case GuardDecision.Rejected rejected:
                response.ReportRefusal(rejected.Response.Status, $"The guard of {upgrade.Route.Template.Text} rejected it.");
                response.Respond(rejected.Response);
                break;
            case GuardDecision.AcceptedAndClosed { Close: var close }:
                UpgradeAndClose(close, $"The guard closed it with {close.Code}.");
                break;
        }
    }

    /// <summary>The end of the authentication that the guard has accepted, or else of the host's.</summary>
    private DateTimeOffset? ExpiryOf(GuardDecision.Accepted accepted) => accepted.ExpiresAt ?? upgrade.Request.PrincipalExpiresAt;

    private void UpgradeAndClose(Ws.Close close, string reason)
    {
        response.ReportRefusal(101, reason);
        response.Accept(upgrade.Offer, upgrade.SessionSubprotocol ?? upgrade.Subprotocol, [], compression: null);
        response.WhenUpgraded(_ =>
        {
            connection.Transport.SendQueue.AppendClose(close.Code, close.Reason);
            connection.ClosingHandshake.StartSocketClose(null);
        });
    }

    /// <param name="accepted">The guard's decision.</param>
    /// <param name="props">The <c>Props</c> of the connection's own handler; null for a shared handler.</param>
    private void Upgrade(GuardDecision.Accepted accepted, Props? props)
    {
        var principal = accepted.Principal ?? upgrade.Request.Principal;
        if (upgrade.IsSession && endpoint.Sessions.RefusalFor(endpoint, upgrade.Request, principal) is { } refusal)
        {
            response.Refuse(refusal);
            return;
        }

        var applicationSubprotocol = accepted.Subprotocol ?? upgrade.Subprotocol;
        var subprotocol = upgrade.SessionSubprotocol ?? applicationSubprotocol;
        var compression = endpoint.Options.Compression.Wanted is { } wanted
            ? PerMessageDeflate.Accept(upgrade.Offer.Extensions, wanted)
            : null;
        var opened = new Ws.Opened
        {
            Connection = connection.Ref,
            Request = upgrade.Request,
            Subprotocol = subprotocol,
            Principal = principal,
            Items = accepted.Items,
        };
        if (Span is not null)
        {
            TraceContexts.Set(opened, Span.Context);
        }

        HandlerDescriptor handlerDescriptor;
        try
        {
            handlerDescriptor = upgrade.IsSession ? StartSessionLink(applicationSubprotocol) : DescribeHandler(props);
            response.Accept(upgrade.Offer, subprotocol, accepted.Headers, compression);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            endpoint.Failures.Write($"{endpoint.Name}: the start of the handler of {upgrade.Request.Route}", null, e);
            connection.Transport.SendQueue.FailAll();
            response.Refuse(Refusals.Failed);
            return;
        }

        response.WhenUpgraded(earlyBytes =>
            new OpenConnection(connection, handlerDescriptor, endpoint.MetricsFor(upgrade), compression)
                .Start(opened, earlyBytes, ExpiryOf(accepted)));
    }

    /// <summary>Starts the connection's own handler, or takes the shared one.</summary>
    private HandlerDescriptor DescribeHandler(Props? props)
    {
        var (request, route) = (upgrade.Request, upgrade.Route);
        var handler = props switch
        {
            null => ((HandlerSource.Shared)route.Handler).Handler,
            _ when route.Options.Inline => connection.StartInline(props, endpoint.WatchdogFor(request.Route)),
            _ => connection.StartHandler(props),
        };
        return new HandlerDescriptor(handler, IsOwned: props is not null, request.Route)
        {
            IsPulled = route.Options.Pull || HandlerProps.IsWebSocketHandler(props),
            EndsSpans = HandlerProps.IsWebSocketHandler(props),
            MaxChunkBytes = route.Options.MaxChunkBytes,
        };
    }

    /// <summary>
    /// Starts the link between the connection and its session, which has the user's handler. The link is our code and never blocks.
    /// </summary>
    private HandlerDescriptor StartSessionLink(string? applicationSubprotocol) =>
        new(
            connection.StartHandler(endpoint.Sessions.LinkFor(endpoint.Name, applicationSubprotocol), isInline: true),
            IsOwned: true,
            upgrade.Request.Route)
        {
            IsPulled = true,
            IsSession = true,
        };
}
