using System.Diagnostics;
using System.Diagnostics.Metrics;
using Akka.Actor;
using WsActors.Dispatch;
using WsActors.Topics;

namespace WsActors.Connection;

/// <summary>
/// The meter <c>WsActors</c>. Tags are few and bounded: endpoint, route template, code; never a path, a user or an address. One per system;
/// any thread.
/// </summary>
internal sealed class WebSocketMetrics : IDisposable
{
    private readonly Meter _meter;

    private readonly UpDownCounter<long> _openConnections;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _roundTrip;
    private readonly UpDownCounter<long> _queued;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _slowInline;

    /// <param name="system">The meter's scope: it distinguishes the systems of one process.</param>
    /// <param name="publishing">The backlogs of publications on this node.</param>
    public WebSocketMetrics(ActorSystem system, PublishBacklogs publishing)
    {
        _meter = new Meter(new MeterOptions("WsActors") { Scope = system });
        _openConnections = _meter.CreateUpDownCounter<long>("wsactors.connections.open", "{connection}", "Open WebSockets.");
        _opened = _meter.CreateCounter<long>("wsactors.connections.opened", "{connection}", "Opening handshakes completed.");
        _closed = _meter.CreateCounter<long>("wsactors.connections.closed", "{connection}", "Connections closed, by close code.");
        _refused = _meter.CreateCounter<long>(
            "wsactors.handshakes.refused", "{handshake}", "Sockets and requests refused, by HTTP status.");
        _messages = _meter.CreateCounter<long>("wsactors.messages", "{message}", "Messages, by direction.");
        _bytes = _meter.CreateCounter<long>("wsactors.bytes", "By", "Payload bytes of messages, by direction.");
        _roundTrip = _meter.CreateHistogram<double>("wsactors.roundtrip", "s", "Time from sending a ping to its pong.");
        _queued = _meter.CreateUpDownCounter<long>("wsactors.queued", "By", "Bytes in send queues.");
        _dropped = _meter.CreateCounter<long>("wsactors.dropped", "{message}", "Messages not sent, by reason.");
        _slowInline = _meter.CreateCounter<long>(
            "wsactors.inline.slow", "{run}", "Runs of an Inline handler longer than 5 ms on a poller thread.");
        _meter.CreateObservableUpDownCounter(
            "wsactors.topics.queued", () => publishing.Bytes, "By", "Bytes published and not yet taken by members or other nodes.");
        _meter.CreateObservableCounter(
            "wsactors.topics.refused", () => publishing.Refused, "{message}", "Publishes refused because the backlog was full.");
    }

    /// <summary>The meter, for instruments of other folders.</summary>
    public Meter Meter => _meter;

    public void Refused(string endpoint, int status) =>
        _refused.Add(1, new("endpoint", endpoint), new("status", status));

    /// <summary>Shows the threads that a monitor has added.</summary>
    public void Observe(ThreadPoolMonitor monitor) => _meter.CreateObservableUpDownCounter(
        "wsactors.threadpool.added", () => monitor.Added, "{thread}", "Threads added to the pool because handlers block its threads.");

    /// <summary>The instruments of one route of an endpoint; its tags are built once.</summary>
    public RouteMetrics ForRoute(string endpoint, string route) => new(this, endpoint, route);

    public void Dispose() => _meter.Dispose();

    internal sealed class RouteMetrics(WebSocketMetrics all, string endpoint, string route)
    {
        private readonly TagList _tags = new() { { "endpoint", endpoint }, { "route", route } };
        private readonly TagList _in = new() { { "endpoint", endpoint }, { "route", route }, { "direction", "in" } };
        private readonly TagList _out = new() { { "endpoint", endpoint }, { "route", route }, { "direction", "out" } };

        public void Opened()
        {
            all._openConnections.Add(1, _tags);
            all._opened.Add(1, _tags);
        }

        public void Closed(int code)
        {
            all._openConnections.Add(-1, _tags);
            all._closed.Add(1, new("endpoint", endpoint), new("route", route), new("code", Bucket(code)));
        }

        public void Received(int bytes, bool isLast) => Count(isLast ? 1 : 0, bytes, _in);

        public void Sent(int bytes) => Count(1, bytes, _out);

        /// <summary>Counts a part of a message that was counted when it started.</summary>
        public void SentPart(int bytes) => all._bytes.Add(bytes, _out);

        public void RoundTrip(TimeSpan time) => all._roundTrip.Record(time.TotalSeconds, _tags);

        public void Queued(long change)
        {
            if (change != 0)
            {
                all._queued.Add(change, _tags);
            }
        }

        public void Dropped(Ws.SendFailure reason) =>
            all._dropped.Add(1, new("endpoint", endpoint), new("route", route), new("reason", TagOf(reason)));

        /// <summary>Counts an Inline handler that held up the other sockets of its thread.</summary>
        public void SlowInline() => all._slowInline.Add(1, _tags);

        private void Count(int messages, int bytes, in TagList tags)
        {
            all._messages.Add(messages, tags);
            all._bytes.Add(bytes, tags);
        }

        private static string TagOf(Ws.SendFailure reason) => reason switch
        {
            Ws.SendFailure.Dropped => "dropped",
            Ws.SendFailure.Replaced => "replaced",
            Ws.SendFailure.QueueFull => "queue-full",
            Ws.SendFailure.Closing => "closing",
            Ws.SendFailure.SourceFailed => "source-failed",
            _ => "closed",
        };

        // Applications may use two thousand codes: two buckets bound the tag (RFC 6455 §7.4.2).
        private static object Bucket(int code) => code switch
        {
            >= 4000 => "4xxx",
            >= 3000 => "3xxx",
            _ => code,
        };
    }
}
