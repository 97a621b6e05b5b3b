using System.Net;
using Akka.Actor;
using Akka.IO;
using WsActors.Handlers;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.Transport;
using WsActors.Transport.Tls;

namespace WsActors.Connection;

/// <summary>
/// The states before a connection is a WebSocket: TLS, request, rules, admission, guard. Each wait has a deadline, and each refusal is one
/// response. Part of its actor.
/// </summary>
internal sealed class ServerOpeningHandshake(ConnectionActor connection, ServerEndpointContext endpoint, EndPoint remote)
{
    private readonly ServerEndpointContext _endpoint = endpoint;

    private readonly RequestParser _parser = new(endpoint.RequestLimits);

    private readonly TimeSpan _deadline = connection.Now + endpoint.Options.Handshake.Timeout;

    /// <summary>The client's address as far as it is known, for the log.</summary>
    private IPAddress _client = PeerAddress.FromEndPoint(remote);

    /// <summary>The client certificate of the TLS handshake; null without one.</summary>
    private ClientCertificate? _certificate;

    /// <summary>Whether part of a request was received; empty lines before it do not count.</summary>
    private bool _hasReceived;

    /// <summary>Whether the response has no body, because the method is HEAD (RFC 9110 §9.3.2).</summary>
    private bool _isHead;

    /// <summary>The deadline of user code: the guard timeout, within the deadline of the whole handshake.</summary>
    private TimeSpan GuardDeadline =>
        TimeSpan.FromTicks(Math.Min((connection.Now + _endpoint.Options.Guard.Timeout).Ticks, _deadline.Ticks));

    /// <param name="refusal">The reason to refuse the socket regardless of its request; null when it is not refused.</param>
    public void Start(string? refusal)
    {
        if (_endpoint.Tls is not null)
        {
            connection.BecomeUntil(_deadline, Securing);
        }
        else if (refusal is null)
        {
            connection.BecomeUntil(_deadline, Handshaking);
        }
        else
        {
            connection.BecomeUntil(connection.Now + _endpoint.Options.CloseTimeout, message => Refusing(message, refusal));
        }
    }

    /// <summary>Awaits TLS. A client that does not speak TLS gets no response, and the end of its socket is not reported again.</summary>
    private void Securing(object message)
    {
        switch (message)
        {
            case TlsStarted started:
                _certificate = started.Client;
                connection.Transport.RequestRead();
                connection.BecomeUntil(_deadline, Handshaking);
                break;
            case TlsFailed failed: ReportRefusal(400, failed.Reason); break;
            case Ws.Close: RefuseAndAbort(Refusals.GoingAway(_endpoint), isSilent: !connection.Transport.HasTlsBegun); break;
            case WakeUpTime.Tick when connection.IsPastDeadline:
                RefuseAndAbort(Refusals.TooSlow, isSilent: !connection.Transport.HasTlsBegun);
                break;
            default: connection.HandleDefault(message); break;
        }
    }

    private void RefuseAndAbort(Refusal refusal, bool isSilent)
    {
        ReportRefusal(refusal.Status, refusal.Reason, isSilent);
        connection.ClosingHandshake.Abort(null);
    }

    /// <summary>
    /// Refuses a connection over a limit, which the manager has counted. The response waits for the first bytes of a request: a client
    /// could take an earlier one for the response to its next request (RFC 9112 §9.2). Only the method of the request matters, and a socket
    /// without a request gets no response.
    /// </summary>
    private void Refusing(object message, string refusal)
    {
        switch (message)
        {
            case Tcp.Received or LeasedBytes:
                _isHead = connection.Transport.BytesOf(message).StartsWith("HEAD "u8);
                Respond(Refusals.Unavailable(_endpoint, refusal).ToResponse());
                break;
            case Tcp.PeerClosed or Ws.Close: connection.ClosingHandshake.StartSocketClose(null); break;
            case WakeUpTime.Tick when connection.IsPastDeadline: connection.ClosingHandshake.Abort(null); break;
            default: connection.HandleDefault(message); break;
        }
    }

    private void Handshaking(object message)
    {
        switch (message)
        {
            case Tcp.Received or LeasedBytes: Read(connection.Transport.BytesOf(message)); break;
            case Tcp.PeerClosed: connection.ClosingHandshake.StartSocketClose(null); break;
            case Ws.Close: EndIncompleteRequest(Refusals.GoingAway(_endpoint)); break;
            case WakeUpTime.Tick when connection.IsPastDeadline: EndIncompleteRequest(Refusals.TooSlow); break;
            default: connection.HandleDefault(message); break;
        }
    }

    /// <summary>
    /// Ends a connection whose request will not complete. A client that sent nothing gets no response: it would take it for the response to
    /// its next request (RFC 9112 §9.2), as a browser with a preconnected socket does. It is counted and not logged: port scanners do so
    /// all day.
    /// </summary>
    private void EndIncompleteRequest(Refusal refusal)
    {
        if (_hasReceived)
        {
            Refuse(refusal);
        }
        else
        {
            ReportRefusal(refusal.Status, refusal.Reason, isSilent: true);
            connection.ClosingHandshake.StartSocketClose(null);
        }
    }

    private void Read(ReadOnlySpan<byte> bytes)
    {
        // RFC 9112 §2.2: an empty line before the request line is ignored.
        _hasReceived |= bytes.IndexOfAnyExcept((byte)'\r', (byte)'\n') >= 0;
        if (!_parser.TryRead(ref bytes, out var fact))
        {
            connection.Transport.RequestRead();
            return;
        }

        switch (fact)
        {
            case Refusal refusal: Refuse(refusal); break;
            case RequestHead http: Evaluate(http, earlyBytes: bytes.ToArray()); break;
        }
    }

    /// <param name="http">The parsed request.</param>
    /// <param name="earlyBytes">Bytes behind the request: frames, if the upgrade succeeds.</param>
    private void Evaluate(RequestHead http, byte[] earlyBytes)
    {
        _isHead = http.Method == "HEAD";
        var socket = PeerAddress.FromEndPoint(remote);
        _client = _endpoint.Rules.ClientOf(http, socket);
        switch (_endpoint.Rules.Evaluate(http, socket, _certificate))
        {
            case Verdict.Refuse refuse: Refuse(refuse.Refusal); break;
            case Verdict.Answer { Route: { Fixed: { } response } }: Respond(response); break;
            case Verdict.Answer { Route: var route }:
                Ask(route, cancellation => route.AnswerAsync(http, cancellation), Respond);
                break;
            case Verdict.Upgrade upgrade:
                connection.PrepareFor(upgrade.Route.Handler);
                connection.TellParent(new Admission.Request(upgrade.Request.ClientAddress));
                connection.BecomeUntil(_deadline, message => Admitting(message, upgrade, earlyBytes));
                break;
        }
    }

    private void Admitting(object message, Verdict.Upgrade upgrade, byte[] earlyBytes)
    {
        switch (message)
        {
            case Admission.Granted when upgrade.Route.HasCode(upgrade.IsSession):
                Ask(
                    upgrade.Route,
                    cancellation => upgrade.Route.DecideAsync(upgrade, cancellation),
                    upgradeDecision => Decide(upgrade, upgradeDecision, earlyBytes));
                break;
            case Admission.Granted: Upgrade(upgrade, GuardDecision.Unguarded, upgrade.Route.PropsFor(upgrade), earlyBytes); break;
            case Admission.Denied refused: Refuse(Refusals.Unavailable(_endpoint, refused.Reason)); break;
            case Ws.Close: Refuse(Refusals.GoingAway(_endpoint)); break;
            case WakeUpTime.Tick when connection.IsPastDeadline: Refuse(Refusals.Overloaded(_endpoint)); break;
            default: connection.HandleDefault(message); break;
        }
    }

    private void Decide(Verdict.Upgrade upgrade, UpgradeDecision upgradeDecision, byte[] earlyBytes)
    {
        switch (upgradeDecision.Decision)
        {
            case GuardDecision.Accepted accepted: Upgrade(upgrade, accepted, upgradeDecision.Handler, earlyBytes); break;
            case GuardDecision.Rejected rejected:
                ReportRefusal(rejected.Response.Status, "The guard rejected it.");
                Respond(rejected.Response);
                break;
            case GuardDecision.AcceptedAndClosed { Close: var close }:
                ReportRefusal(101, $"The guard closed it with {close.Code}.");
                var subprotocol = upgrade.SessionSubprotocol ?? upgrade.Subprotocol;
                ServerHandshake.WriteAccept(connection.Transport.SendQueue.Head, upgrade.Offer, subprotocol, []);
                connection.Transport.SendQueue.AppendClose(close.Code, close.Reason);
                connection.ClosingHandshake.StartSocketClose(null);
                break;
        }
    }

    /// <param name="upgrade">The accepted upgrade.</param>
    /// <param name="accepted">The guard's decision.</param>
    /// <param name="props">The <c>Props</c> of the connection's own handler; null for a shared handler.</param>
    /// <param name="earlyBytes">Bytes behind the request.</param>
    private void Upgrade(Verdict.Upgrade upgrade, GuardDecision.Accepted accepted, Props? props, byte[] earlyBytes)
    {
        if (upgrade.IsSession && _endpoint.Sessions.RefusalFor(_endpoint, upgrade.Request, accepted.Principal) is { } refusal)
        {
            Refuse(refusal);
            return;
        }

        var applicationSubprotocol = accepted.Subprotocol ?? upgrade.Subprotocol;
        var subprotocol = upgrade.SessionSubprotocol ?? applicationSubprotocol;
        var compression = _endpoint.Options.Compression.Wanted is { } wanted
            ? PerMessageDeflate.Accept(upgrade.Offer.Extensions, wanted)
            : null;
        var opened = new Ws.Opened
        {
            Connection = connection.Ref,
            Request = upgrade.Request,
            Subprotocol = subprotocol,
            Principal = accepted.Principal,
            Items = accepted.Items,
        };
        HandlerDescriptor handlerDescriptor;
        try
        {
            ServerHandshake.WriteAccept(connection.Transport.SendQueue.Head, upgrade.Offer, subprotocol, accepted.Headers, compression);
            handlerDescriptor = upgrade.IsSession
                ? StartSessionLink(upgrade, applicationSubprotocol)
                : DescribeHandler(upgrade, props);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _endpoint.Failures.Write($"{_endpoint.Name}: the start of the handler of {upgrade.Request.Route}", null, e);
            connection.Transport.SendQueue.FailAll();
            Refuse(Refusals.Failed);
            return;
        }

        new OpenConnection(connection, handlerDescriptor, compression).Start(opened, earlyBytes);
    }

    /// <summary>Starts the connection's own handler, or takes the shared one.</summary>
    private HandlerDescriptor DescribeHandler(Verdict.Upgrade upgrade, Props? props)
    {
        var (request, route) = (upgrade.Request, upgrade.Route);
        var handler = props switch
        {
            null => ((HandlerSource.Shared)route.Handler).Handler,
            _ when route.Options.Inline => connection.StartInline(props, _endpoint.WatchdogFor(request.Route)),
            _ => connection.StartHandler(props),
        };
        return new HandlerDescriptor(handler, IsOwned: props is not null, request.Route)
        {
            IsPulled = route.Options.Pull || typeof(WebSocketHandler).IsAssignableFrom(props?.Type),
            MaxChunkBytes = route.Options.MaxChunkBytes,
        };
    }

    /// <summary>
    /// Starts the link between the connection and its session, which has the user's handler. The link is our code and never blocks.
    /// </summary>
    private HandlerDescriptor StartSessionLink(Verdict.Upgrade upgrade, string? applicationSubprotocol) =>
        new(
            connection.StartHandler(_endpoint.Sessions.LinkFor(_endpoint.Name, applicationSubprotocol), isInline: true),
            IsOwned: true,
            upgrade.Request.Route)
        {
            IsPulled = true,
            IsSession = true,
        };

    /// <summary>Calls user code, a guard or a delegate, and awaits its answer.</summary>
    private void Ask<T>(Route route, Func<CancellationToken, Task<T>> code, Action<T> then)
        where T : class =>
        new RouteCall(connection, _endpoint, route).Ask(GuardDeadline, code, then, Refuse);

    private void Refuse(Refusal refusal)
    {
        ReportRefusal(refusal.Status, refusal.Reason);
        Respond(refusal.ToResponse());
    }

    private void ReportRefusal(int status, string reason, bool isSilent = false) =>
        connection.TellParent(new HandshakeRefused(_endpoint, _client, status, reason) { IsSilent = isSilent });

    private void Respond(PlainResponse response)
    {
        ResponseWriter.WriteHead(connection.Transport.SendQueue.Head, response, _endpoint.Clock.Date);
        if (!_isHead)
        {
            connection.Transport.SendQueue.AppendBody(ResponseWriter.BodyOf(response));
        }

        connection.ClosingHandshake.StartSocketClose(null);
    }
}
