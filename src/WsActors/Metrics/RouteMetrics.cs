using System.Diagnostics;
using WsActors.Messages;
using WsActors.Runtime;
using WsActors.Sessions.Subprotocol;
using WsActors.Tracing;

namespace WsActors.Metrics;

/// <summary>
/// The instruments of one route of an endpoint, of a client, or of what has no route yet. Their attributes are built once. A measurement
/// without a listener allocates nothing. Any thread.
/// </summary>
internal sealed class RouteMetrics
{
    /// <summary>The attribute that distinguishes the systems of one process.</summary>
    public const string SystemAttribute = "wsactors.system";

    private readonly WebSocketMetrics _all;
    private readonly TagList _attributes;
    private readonly TagList _receive;
    private readonly TagList _transmit;

    /// <param name="all">The instruments of the system.</param>
    /// <param name="address">The address of the endpoint.</param>
    /// <param name="protocolVersion">The version of HTTP; null where it is not known.</param>
    /// <param name="route">The name and the value of the route's attribute; null without a route.</param>
    public RouteMetrics(
        WebSocketMetrics all, EndpointAddress address, string? protocolVersion = null, KeyValuePair<string, object?>? route = null)
    {
        _all = all;
        KeyValuePair<string, object?>?[] attributes =
        [
            new(SystemAttribute, all.SystemName),
            new("server.address", address.Address),
            new("server.port", address.Port),
            new("url.scheme", address.Scheme),
            new("network.protocol.version", protocolVersion),
            route,
        ];
        _attributes = new TagList([.. attributes.OfType<KeyValuePair<string, object?>>().Where(static one => one.Value is not null)]);
        Spans = new SpanNames(route?.Value as string);
        _receive = With("network.io.direction", "receive");
        _transmit = With("network.io.direction", "transmit");
    }

    /// <summary>The attributes of endpoint and route.</summary>
    public TagList Attributes => _attributes;

    /// <summary>The names of the route's spans.</summary>
    public SpanNames Spans { get; }

    /// <summary>The clock of durations.</summary>
    public Clock Clock => _all.Clock;

    /// <summary>Whether a listener measures opening handshakes.</summary>
    public bool MeasuresHandshakes => _all.HandshakeDuration.Enabled;

    /// <summary>Whether a listener measures the time of messages until they are handled.</summary>
    public bool MeasuresHandlers => _all.HandlerDuration.Enabled;

    /// <summary>Whether a listener measures the time of messages in send queues.</summary>
    public bool MeasuresSendQueues => _all.SendQueueDuration.Enabled;

    public void Opened() => _all.ActiveConnections.Add(1, _attributes);

    /// <param name="code">The close code.</param>
    /// <param name="isClean">Whether both close frames were exchanged.</param>
    /// <param name="time">The time since the connection opened.</param>
    public void Closed(int code, bool isClean, TimeSpan time)
    {
        _all.ActiveConnections.Add(-1, _attributes);
        if (_all.ConnectionDuration.Enabled)
        {
            var error = isClean ? null : AttributeValues.ErrorOfCloseCode(code);
            _all.ConnectionDuration.Record(time.TotalSeconds, With("wsactors.close.code", AttributeValues.OfCloseCode(code), error));
        }
    }

    /// <param name="time">The time since the socket was accepted, or the server's socket was connected.</param>
    /// <param name="status">The HTTP status of the response; null without one.</param>
    /// <param name="error">The error; null if the WebSocket opens.</param>
    public void HandshakeEnded(TimeSpan time, int? status, string? error)
    {
        var attributes = status is null ? With("error.type", error) : With("http.response.status_code", status, error);
        _all.HandshakeDuration.Record(time.TotalSeconds, attributes);
    }

    public void Rejected(Rejection reason)
    {
        if (_all.RejectedConnections.Enabled)
        {
            _all.RejectedConnections.Add(1, With("error.type", AttributeValues.Of(reason)));
        }
    }

    /// <summary>Counts a message, or a chunk of one.</summary>
    /// <param name="bytes">The bytes of its payload.</param>
    /// <param name="isLast">Whether the message ends here.</param>
    /// <param name="isWhole">Whether it also starts here.</param>
    public void Received(int bytes, bool isLast, bool isWhole)
    {
        _all.Io.Add(bytes, _receive);
        if (isLast)
        {
            _all.Messages.Add(1, _receive);
        }

        if (isWhole)
        {
            _all.MessageSize.Record(bytes, _receive);
        }
    }

    /// <summary>Counts a message that was queued.</summary>
    /// <param name="bytes">The bytes of its payload.</param>
    /// <param name="isWhole">False for a streamed message, whose parts follow.</param>
    public void Sent(int bytes, bool isWhole)
    {
        _all.Messages.Add(1, _transmit);
        _all.Io.Add(bytes, _transmit);
        if (isWhole)
        {
            _all.MessageSize.Record(bytes, _transmit);
        }
    }

    /// <summary>Counts a part of a message that was counted when it started.</summary>
    public void SentPart(int bytes) => _all.Io.Add(bytes, _transmit);

    /// <param name="time">From the read of the message's last byte until it was handled.</param>
    public void Handled(TimeSpan time) => _all.HandlerDuration.Record(time.TotalSeconds, _attributes);

    /// <param name="time">From the message queued to its last byte taken.</param>
    public void Taken(TimeSpan time) => _all.SendQueueDuration.Record(time.TotalSeconds, _attributes);

    /// <param name="change">The change of the bytes in a send queue.</param>
    public void Queued(long change)
    {
        if (change != 0)
        {
            _all.SendQueueSize.Add(change, _attributes);
        }
    }

    /// <param name="time">From a ping to its pong.</param>
    public void Ponged(TimeSpan time) => _all.PingDuration.Record(time.TotalSeconds, _attributes);

    public void Dropped(Ws.SendFailure reason)
    {
        if (_all.DroppedMessages.Enabled)
        {
            _all.DroppedMessages.Add(1, With("wsactors.drop.reason", reason.ToAttribute()));
        }
    }

    /// <summary>Counts an Inline handler that held up the other sockets of its thread.</summary>
    public void SlowInline() => _all.SlowInlineRuns.Add(1, _attributes);

    /// <param name="recovery">The result for the session that the client asked for.</param>
    public void Attached(Recovery recovery) =>
        _all.SessionAttachments.Add(1, With("wsactors.session.recovery", AttributeValues.Of(recovery)));

    private TagList With(string name, object? value, string? error = null)
    {
        var attributes = _attributes;
        attributes.Add(name, value);
        if (error is not null)
        {
            attributes.Add("error.type", error);
        }

        return attributes;
    }
}
