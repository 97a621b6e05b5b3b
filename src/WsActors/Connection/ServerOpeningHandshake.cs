using System.Diagnostics;
using System.Net;
using Akka.IO;
using WsActors.Metrics;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.Tracing;
using WsActors.Transport;
using WsActors.Transport.Tls;

namespace WsActors.Connection;

/// <summary>
/// The states of a connection that a listener accepted, until its request is complete: TLS, request, rules. Each wait has a deadline, and
/// each refusal is one response. <see cref="UpgradeAdmission"/> follows a valid request. Part of its actor.
/// </summary>
internal sealed class ServerOpeningHandshake(ConnectionActor connection, ServerEndpointContext endpoint, EndPoint remote)
{
    private readonly ServerEndpointContext _endpoint = endpoint;

    private readonly RequestParser _parser = new(endpoint.RequestLimits);

    private readonly TimeSpan _deadline = connection.Now + endpoint.Options.Handshake.Timeout;

    /// <summary>Null without a listener.</summary>
    private readonly HandshakeTimer? _timer = HandshakeTimer.Start(endpoint.MetricsFor(route: null));

    /// <summary>The span of the handshake; null before its request, and where it is not sampled.</summary>
    private Activity? _span;

    /// <summary>The client's address as far as it is known, for the log.</summary>
    private IPAddress _client = PeerAddress.FromEndPoint(remote);

    /// <summary>The client certificate of the TLS handshake; null without one.</summary>
    private ClientCertificate? _certificate;

    /// <summary>Whether part of a request was received; empty lines before it do not count.</summary>
    private bool _hasReceived;

    /// <summary>Whether the response has no body, because the method is HEAD (RFC 9110 §9.3.2).</summary>
    private bool _isHead;

    private ConnectionActor Connection => connection;

    private SendQueue SendQueue => connection.Transport.SendQueue;

    /// <inheritdoc cref="RouteCall.DeadlineWithin"/>
    private TimeSpan GuardDeadline => RouteCall.DeadlineWithin(_deadline, connection, _endpoint);

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
            case TlsFailed failed: Reject(Rejection.Tls, 400, failed.Reason); break;
            case Ws.Close: RejectAndAbort(Rejection.Shutdown, Refusals.GoingAway(_endpoint)); break;
            case WakeUpTime.Tick when connection.IsPastDeadline: RejectAndAbort(Rejection.Timeout, Refusals.TooSlow); break;
            default: connection.HandleDefault(message); break;
        }
    }

    private void RejectAndAbort(Rejection rejection, Refusal refusal)
    {
        Reject(rejection, refusal.Status, refusal.Reason, isSilent: !connection.Transport.HasTlsBegun);
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
            case Ws.Close: EndIncompleteRequest(Rejection.Shutdown, Refusals.GoingAway(_endpoint)); break;
            case WakeUpTime.Tick when connection.IsPastDeadline: EndIncompleteRequest(Rejection.Timeout, Refusals.TooSlow); break;
            default: connection.HandleDefault(message); break;
        }
    }

    /// <summary>
    /// Ends a connection whose request will not complete. A client that sent nothing gets no response: it would take it for the response to
    /// its next request (RFC 9112 §9.2), as a browser with a preconnected socket does. It is counted and not logged: port scanners do so
    /// all day.
    /// </summary>
    private void EndIncompleteRequest(Rejection rejection, Refusal refusal)
    {
        if (_hasReceived)
        {
            Refuse(refusal);
        }
        else
        {
            Reject(rejection, refusal.Status, refusal.Reason, isSilent: true);
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
        var verdict = _endpoint.Rules.Evaluate(http, socket, _certificate);
        if (Tracer.IsOn)
        {
            _span = HandshakeTrace.StartServer(_endpoint, verdict, http);
        }

        switch (verdict)
        {
            case Verdict.Refuse refuse: Refuse(refuse.Refusal); break;
            case Verdict.Answer { Route: { Fixed: { } response } }: Respond(response); break;
            case Verdict.Answer { Route: var route }:
                new RouteCall(connection, _endpoint, route)
                    .Ask(GuardDeadline, cancellation => route.AnswerAsync(http, cancellation), Respond, Refuse);
                break;
            case Verdict.Upgrade upgrade:
                _timer?.SetRoute(_endpoint.MetricsFor(upgrade));
                var accepting = new SocketResponse(this, earlyBytes);
                new UpgradeAdmission(connection, _endpoint, upgrade, accepting, _deadline) { Span = _span }.Start();
                break;
        }
    }

    private void Refuse(Refusal refusal)
    {
        ReportRefusal(refusal.Status, refusal.Reason);
        Respond(refusal.ToResponse());
    }

    private void ReportRefusal(int status, string reason)
    {
        var error = status == 101 ? HandshakeTimer.ClosedByGuard : null;
        _timer?.Fail(status, error);
        HandshakeSpan.Fail(_span, status, error);
        TellRefused(status, reason, isSilent: false);
    }

    /// <summary>Reports a socket that was refused before its request.</summary>
    private void Reject(Rejection rejection, int status, string reason, bool isSilent = false)
    {
        _endpoint.Metrics.Rejected(rejection);
        TellRefused(status, reason, isSilent);
    }

    private void TellRefused(int status, string reason, bool isSilent) =>
        connection.TellParent(new HandshakeRefused(_endpoint, _client, status, reason) { IsSilent = isSilent });

    private void Respond(PlainResponse response)
    {
        ResponseWriter.WriteHead(SendQueue.Head, response, _endpoint.Clock.Date);
        if (!_isHead)
        {
            SendQueue.AppendBody(ResponseWriter.BodyOf(response));
        }

        connection.ClosingHandshake.StartSocketClose(null);
    }

    /// <summary>The response to a request of a socket: its bytes go through the connection's send queue.</summary>
    private sealed class SocketResponse(ServerOpeningHandshake handshake, byte[] earlyBytes) : IUpgradeResponse
    {
        public void Accept(UpgradeOffer offer, string? subprotocol, IReadOnlyList<HttpHeader> headers, DeflateAgreement? compression)
        {
            ServerHandshake.WriteAccept(handshake.SendQueue.Head, offer, subprotocol, headers, compression);
            handshake._timer?.Complete(101);
            HandshakeTrace.Complete(handshake._span, handshake.Connection, 101);
        }

        public void WhenUpgraded(Action<byte[]> open) => open(earlyBytes);

        public void Respond(PlainResponse response) => handshake.Respond(response);

        public void Refuse(Refusal refusal) => handshake.Refuse(refusal);

        public void ReportRefusal(int status, string reason) => handshake.ReportRefusal(status, reason);
    }
}
