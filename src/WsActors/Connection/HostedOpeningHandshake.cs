using System.Diagnostics;
using WsActors.Metrics;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.Tracing;
using WsActors.Transport.Streams;

namespace WsActors.Connection;

/// <summary>
/// The opening handshake of a request that another HTTP server has parsed: that server sends the response and upgrades the request. Part of
/// its actor.
/// </summary>
internal sealed class HostedOpeningHandshake(ConnectionActor connection, RequestArrived arrived) : IUpgradeResponse
{
    private readonly TimeSpan _deadline = connection.Now + arrived.Endpoint.Options.Handshake.Timeout;

    /// <summary>Null without a listener.</summary>
    private readonly HandshakeTimer? _timer = HandshakeTimer.Start(arrived.Endpoint.Metrics);

    /// <summary>The span of the handshake; null where it is not sampled.</summary>
    private readonly Activity? _span = TraceContexts.ActivityOf(arrived);

    /// <summary>A close that came before the stream; null without one.</summary>
    private Ws.Close? _close;

    private StreamConnection Source => arrived.Source;

    /// <summary>The status of the accepting response: with HTTP/2 that of an extended CONNECT (RFC 8441 §4).</summary>
    private int AcceptStatus => arrived.Verdict is Verdict.Upgrade { Offer.Key: null } ? 200 : 101;

    /// <param name="refusal">The reason to refuse it regardless of its request; null when it is not refused.</param>
    public void Start(string? refusal)
    {
        connection.Transport.Attach(Source);
        switch (arrived.Verdict)
        {
            case var _ when refusal is not null:
                var unavailable = Refusals.Unavailable(arrived.Endpoint, refusal);
                HandshakeSpan.Fail(_span, unavailable.Status);
                Respond(unavailable.ToResponse());
                break;
            case Verdict.Upgrade upgrade:
                _timer?.SetRoute(arrived.Endpoint.MetricsFor(upgrade));
                new UpgradeAdmission(connection, arrived.Endpoint, upgrade, this, _deadline) { Span = _span }.Start();
                break;
            case Verdict.Refuse refuse: Refuse(refuse.Refusal); break;
        }
    }

    public void Accept(UpgradeOffer offer, string? subprotocol, IReadOnlyList<HttpHeader> headers, DeflateAgreement? compression)
    {
        Source.SetAnswer(ServerHandshake.AcceptHeaders(offer, subprotocol, headers, compression));
        _timer?.Complete(AcceptStatus);
        HandshakeTrace.Complete(_span, connection, AcceptStatus);
    }

    public void WhenUpgraded(Action<byte[]> open) => connection.BecomeUntil(_deadline, message => AwaitingStream(message, open));

    public void Respond(PlainResponse response)
    {
        Source.SetAnswer(response);
        connection.ClosingHandshake.StartSocketClose(null);
    }

    public void Refuse(Refusal refusal)
    {
        ReportRefusal(refusal.Status, refusal.Reason);
        Respond(refusal.ToResponse());
    }

    public void ReportRefusal(int status, string reason)
    {
        var isAccepted = status == 101;
        var (sent, error) = isAccepted ? (AcceptStatus, HandshakeTimer.ClosedByGuard) : (status, null);
        _timer?.Fail(sent, error);
        HandshakeSpan.Fail(_span, sent, error);
        connection.TellParent(new HandshakeRefused(arrived.Endpoint, arrived.Client, status, reason));
    }

    private void AwaitingStream(object message, Action<byte[]> open)
    {
        switch (message)
        {
            case StreamStarted:
                connection.Transport.RequestRead();
                open([]);
                if (_close is not null)
                {
                    connection.TellSelf(_close);
                }

                break;
            // The host may have sent the accepting response: the client gets a close frame.
            case Ws.Close close: _close ??= close; break;
            case WakeUpTime.Tick when connection.IsPastDeadline: connection.ClosingHandshake.Abort(null); break;
            default: connection.HandleDefault(message); break;
        }
    }
}
