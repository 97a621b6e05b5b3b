using System.Diagnostics.Metrics;
using Akka.Actor;
using WsActors.Dispatch;
using WsActors.Runtime;
using WsActors.Topics;

namespace WsActors.Metrics;

/// <summary>
/// The meter <c>WsActors</c>: its instruments by the naming of OpenTelemetry's conventions. <c>docs/operations.md</c> has the same table.
/// Attributes are few and bounded: never a path, a user or an address of a peer. One per system; any thread.
/// </summary>
internal sealed class WebSocketMetrics : IDisposable
{
    private readonly Meter _meter;

    /// <param name="system">The meter's scope: it distinguishes the systems of one process.</param>
    /// <param name="clock">The clock of durations.</param>
    public WebSocketMetrics(ActorSystem system, Clock clock)
    {
        (SystemName, Clock) = (system.Name, clock);
        _meter = new Meter(new MeterOptions("WsActors") { Scope = system });
        ActiveConnections = UpDownCounter("active_connections", "{connection}", "Open WebSockets.");
        ConnectionDuration = Histogram("connection.duration", "s", "From open to closed.", BucketBounds.Connections);
        HandshakeDuration = Histogram(
            "handshake.duration", "s", "Opening handshakes, from the accepted socket to the response.", BucketBounds.Requests);
        RejectedConnections = Counter("rejected_connections", "{connection}", "Sockets refused before they sent a request.");
        Messages = Counter("messages", "{message}", "Messages received, and messages queued to be sent.");
        Io = Counter("io", "By", "Payload bytes of these messages.");
        MessageSize = Histogram("message.size", "By", "Payload of messages received or queued as a whole.", BucketBounds.Sizes);
        HandlerDuration = Histogram(
            "handler.duration", "s", "From the read of a message's last byte until its handler has handled it.", BucketBounds.Requests);
        SendQueueDuration = Histogram(
            "send_queue.duration", "s", "From a message queued to its last byte taken by the transport.", BucketBounds.Requests);
        SendQueueSize = UpDownCounter("send_queue.size", "By", "Bytes in send queues.");
        PingDuration = Histogram("ping.duration", "s", "From a ping sent to its pong.", BucketBounds.Requests);
        DroppedMessages = Counter("dropped_messages", "{message}", "Messages not sent.");
        SlowInlineRuns = Counter("slow_inline_runs", "{run}", "Runs of an Inline handler longer than 5 ms on a poller thread.");
        SessionAttachments = Counter("session_attachments", "{client}", "Clients attached to a session.");
    }

    public string SystemName { get; }

    public Clock Clock { get; }

    public UpDownCounter<long> ActiveConnections { get; }

    public Histogram<double> ConnectionDuration { get; }

    public Histogram<double> HandshakeDuration { get; }

    public Counter<long> RejectedConnections { get; }

    public Counter<long> Messages { get; }

    public Counter<long> Io { get; }

    public Histogram<int> MessageSize { get; }

    public Histogram<double> HandlerDuration { get; }

    public Histogram<double> SendQueueDuration { get; }

    public UpDownCounter<long> SendQueueSize { get; }

    public Histogram<double> PingDuration { get; }

    public Counter<long> DroppedMessages { get; }

    public Counter<long> SlowInlineRuns { get; }

    public Counter<long> SessionAttachments { get; }

    /// <param name="backlogs">The backlogs of publications on this node.</param>
    public void Observe(PublishBacklogs backlogs)
    {
        ObserveSum("publish_backlog.size", "By", "Bytes published and not yet taken by members or other nodes.", () => backlogs.Bytes);
        ObserveCount("rejected_publishes", "{message}", "Publishes refused because the backlog was full.", () => backlogs.Refused);
    }

    /// <param name="monitor">The monitor that adds threads.</param>
    public void Observe(ThreadPoolMonitor monitor) => ObserveSum(
        "added_threads", "{thread}", "Threads added to the pool because handlers block its threads.", () => monitor.Added);

    /// <param name="sessions">Yields the sessions on this node.</param>
    /// <param name="logBytes">Yields the bytes of their logs.</param>
    public void ObserveSessions(Func<long> sessions, Func<long> logBytes)
    {
        ObserveSum("active_sessions", "{session}", "Sessions on this node, attached or detached.", sessions);
        ObserveSum("session_log.size", "By", "Unacknowledged bytes in session logs.", logBytes);
    }

    public void Dispose() => _meter.Dispose();

    private Counter<long> Counter(string name, string unit, string counts) => _meter.CreateCounter<long>(Full(name), unit, counts);

    private UpDownCounter<long> UpDownCounter(string name, string unit, string counts) =>
        _meter.CreateUpDownCounter<long>(Full(name), unit, counts);

    private Histogram<T> Histogram<T>(string name, string unit, string measures, InstrumentAdvice<T> bounds)
        where T : struct => _meter.CreateHistogram(Full(name), unit, measures, tags: null, bounds);

    private void ObserveCount(string name, string unit, string counts, Func<long> value) =>
        _meter.CreateObservableCounter(Full(name), () => OfSystem(value()), unit, counts);

    private void ObserveSum(string name, string unit, string counts, Func<long> value) =>
        _meter.CreateObservableUpDownCounter(Full(name), () => OfSystem(value()), unit, counts);

    private Measurement<long> OfSystem(long value) =>
        new(value, new KeyValuePair<string, object?>(RouteMetrics.SystemAttribute, SystemName));

    private static string Full(string name) => $"wsactors.{name}";
}
