using System.Globalization;

namespace WsActors.Metrics;

/// <summary>Measures an opening handshake; exists only while the instrument has a listener. Owned by its connection.</summary>
internal sealed class HandshakeTimer
{
    /// <summary>The error of a request that a guard has accepted and closed.</summary>
    public const string ClosedByGuard = "closed_by_guard";

    private readonly TimeSpan _start;

    /// <summary>Null once it has ended.</summary>
    private RouteMetrics? _metrics;

    private HandshakeTimer(RouteMetrics metrics) => (_metrics, _start) = (metrics, metrics.Clock.Elapsed);

    public static HandshakeTimer? Start(RouteMetrics metrics) => metrics.MeasuresHandshakes ? new HandshakeTimer(metrics) : null;

    /// <summary>The route of the request is known.</summary>
    public void SetRoute(RouteMetrics metrics) => _metrics = metrics;

    /// <summary>The WebSocket opens. Only the first end counts.</summary>
    /// <param name="status">The HTTP status of the response.</param>
    public void Complete(int status) => Stop(status, error: null);

    /// <summary>The request was refused. Only the first end counts.</summary>
    /// <param name="status">The HTTP status of the response; null without one.</param>
    /// <param name="error">The value of <c>error.type</c>; null for the status itself.</param>
    public void Fail(int? status, string? error = null) => Stop(status, error ?? status?.ToString(CultureInfo.InvariantCulture));

    private void Stop(int? status, string? error)
    {
        _metrics?.HandshakeEnded(_metrics.Clock.Elapsed - _start, status, error);
        _metrics = null;
    }
}
