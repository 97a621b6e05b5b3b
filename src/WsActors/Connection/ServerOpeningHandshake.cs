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
/// What happens on a connection before it is a WebSocket: the request, the gate, the manager's admission, the guard. Each wait has
/// a deadline, each way out is one answer. Part of its actor.
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

    /// <summary>Whether any of a request came: empty lines before it are none.</summary>
    private bool _hasReceived;

    /// <summary>Whether the answer has no body, whatever it is (RFC 9110 §9.3.2).</summary>
    private bool _isHead;

    /// <summary>For code that is not ours: its own time, of what is left for the whole handshake.</summary>
    private TimeSpan GuardDeadline =>
        TimeSpan.FromTicks(Math.Min((connection.Now + _endpoint.Options.Guard.Timeout).Ticks, _deadline.Ticks));

    /// <param name="refusal">Why the socket is turned away, whatever it asks; null if it is not.</param>
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

    /// <summary>TLS comes first. Who does not speak it cannot be answered, and the end of the socket says nothing more.</summary>
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
            case WakeUpTime.Tick when connection.IsPastDeadline: RefuseAndAbort(Refusals.TooSlow, isSilent: !connection.Transport.HasTlsBegun); break;
            default: connection.HandleDefault(message); break;
        }
    }

    private void RefuseAndAbort(Refusal refusal, bool isSilent)
    {
        ReportRefusal(refusal.Status, refusal.Reason, isSilent);
        connection.ClosingHandshake.Abort(null);
    }

    /// <summary>
    /// The manager has no place for it, and has noted that. The answer waits until something was asked: before that, a client must not
    /// take it for one (RFC 9112 §9.2). Only the method of the request matters, and a socket without a request gets no answer.
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
    /// There will be no whole request. A client that has said nothing gets no answer: it would take that for the one to its next request
    /// (RFC 9112 §9.2), as a browser does that connected early. It is counted and not logged: port scanners do so all
    /// day.
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
            case RequestHead http: Judge(http, early: bytes.ToArray()); break;
        }
    }

    /// <param name="http">The request.</param>
    /// <param name="early">What came behind it: frames, if the upgrade succeeds.</param>
    private void Judge(RequestHead http, byte[] early)
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
                connection.BecomeUntil(_deadline, message => Admitting(message, upgrade, early));
                break;
        }
    }

    private void Admitting(object message, Verdict.Upgrade upgrade, byte[] early)
    {
        switch (message)
        {
            case Admission.Granted when upgrade.Route.HasCode(upgrade.IsSession):
                Ask(upgrade.Route, cancellation => upgrade.Route.DecideAsync(upgrade, cancellation), upgradeDecision => Decide(upgrade, upgradeDecision, early));
                break;
            case Admission.Granted: Upgrade(upgrade, GuardDecision.Unguarded, upgrade.Route.PropsFor(upgrade), early); break;
            case Admission.Denied refused: Refuse(Refusals.Unavailable(_endpoint, refused.Reason)); break;
            case Ws.Close: Refuse(Refusals.GoingAway(_endpoint)); break;
            case WakeUpTime.Tick when connection.IsPastDeadline: Refuse(Refusals.Overloaded(_endpoint)); break;
            default: connection.HandleDefault(message); break;
        }
    }

    private void Decide(Verdict.Upgrade upgrade, UpgradeDecision upgradeDecision, byte[] early)
    {
        switch (upgradeDecision.Decision)
        {
            case GuardDecision.Accepted accepted: Upgrade(upgrade, accepted, upgradeDecision.Handler, early); break;
            case GuardDecision.Rejected rejected:
                ReportRefusal(rejected.Response.Status, "The guard rejected it.");
                Respond(rejected.Response);
                break;
            case GuardDecision.AcceptedAndClosed { Close: var close }:
                ReportRefusal(101, $"The guard closed it with {close.Code}.");
                ServerHandshake.WriteAccept(connection.Transport.SendQueue.Head, upgrade.Offer, upgrade.SessionSubprotocol ?? upgrade.Subprotocol, []);
                connection.Transport.SendQueue.AppendClose(close.Code, close.Reason);
                connection.ClosingHandshake.StartSocketClose(null);
                break;
        }
    }

    /// <param name="upgrade">What was asked for.</param>
    /// <param name="accepted">What the guard said.</param>
    /// <param name="props">How the connection's own handler is made; null where it has none.</param>
    /// <param name="early">What came behind the request.</param>
    private void Upgrade(Verdict.Upgrade upgrade, GuardDecision.Accepted accepted, Props? props, byte[] early)
    {
        if (upgrade.IsSession && _endpoint.Sessions.RefusalFor(_endpoint, upgrade.Request, accepted.Principal) is { } refusal)
        {
            Refuse(refusal);
            return;
        }

        var spoken = accepted.Subprotocol ?? upgrade.Subprotocol;
        var subprotocol = upgrade.SessionSubprotocol ?? spoken;
        var compression = _endpoint.Options.Compression.Wanted is { } wanted ? PerMessageDeflate.Accept(upgrade.Offer.Extensions, wanted) : null;
        var opened = new Ws.Opened(connection.Ref, upgrade.Request, subprotocol, accepted.Principal, accepted.Items);
        HandlerDescriptor handlerDescriptor;
        try
        {
            ServerHandshake.WriteAccept(connection.Transport.SendQueue.Head, upgrade.Offer, subprotocol, accepted.Headers, compression);
            handlerDescriptor = upgrade.IsSession ? StartSessionLink(upgrade, spoken) : DescribeHandler(upgrade, props);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _endpoint.Failures.Write($"{_endpoint.Name}: the start of the handler of {upgrade.Request.Route}", null, e);
            connection.Transport.SendQueue.FailAll();
            Refuse(Refusals.Failed);
            return;
        }

        new OpenConnection(connection, handlerDescriptor, compression).Start(opened, early);
    }

    /// <summary>Finds or makes the handler.</summary>
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

    /// <summary>Makes the one that links the connection with its session, whose the handler is. It is ours, and never waits.</summary>
    private HandlerDescriptor StartSessionLink(Verdict.Upgrade upgrade, string? spoken) =>
        new(
            connection.StartHandler(_endpoint.Sessions.LinkFor(_endpoint.Name, spoken), isInline: true),
            IsOwned: true,
            upgrade.Request.Route)
        {
            IsPulled = true,
            IsSession = true,
        };

    /// <summary>Waits for code that is not ours: a guard or a delegate.</summary>
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
