using Akka.Actor;
using WsActors.Metrics;
using WsActors.Topics;

namespace WsActors.Handlers;

/// <summary>The shared state of a connection and its own handler. Written by the connection, read by the handler at its restart.</summary>
internal sealed class HandlerContext
{
    private volatile Ws.Opened? _opened;

    private volatile bool _isClosed;

    private long _stashedBytes;

    private PublishBacklog? _publishBacklog;

    private volatile HandlerTimer? _timer;

    /// <summary>The first message to the handler; null before it was sent.</summary>
    public Ws.Opened? Opened => _opened;

    /// <summary>Whether <see cref="Ws.Closed"/> was sent, or is about to be.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Bytes of the connection's messages in the handler's stash.</summary>
    public long StashedBytes => Volatile.Read(ref _stashedBytes);

    /// <summary>The handler's stash has changed. Called by the handler alone.</summary>
    public void OnStashChanged(StashReport report)
    {
        Volatile.Write(ref _stashedBytes, _stashedBytes + (report is StashReport.Stashed ? report.Bytes : -report.Bytes));
        _timer?.OnStashChanged(report);
    }

    /// <summary>The handler's publications that members have not taken; null before its first publish.</summary>
    public PublishBacklog? PublishBacklog => Volatile.Read(ref _publishBacklog);

    /// <summary>The backlog of the handler's publications; created at its first publish.</summary>
    public PublishBacklog GetOrCreatePublishBacklog() =>
        PublishBacklog ?? Interlocked.CompareExchange(ref _publishBacklog, new PublishBacklog(), null) ?? _publishBacklog;

    /// <summary>The timer of the handler's messages; null before a listener measured one.</summary>
    public HandlerTimer? Timer => _timer;

    /// <summary>The same, created by the first message that is measured; null if the handler cannot be measured.</summary>
    public HandlerTimer? GetOrCreateTimer(IActorRef handler, RouteMetrics metrics) =>
        _timer ??= HandlerTimer.TryCreate(handler, metrics);

    /// <summary><see cref="Ws.Opened"/> is about to be sent.</summary>
    public void SetOpened(Ws.Opened opened) => (_opened, _isClosed) = (opened, false);

    /// <summary><see cref="Ws.Closed"/> is about to be sent.</summary>
    public void SetClosed() => _isClosed = true;
}
