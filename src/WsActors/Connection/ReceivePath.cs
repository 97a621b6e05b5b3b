using WsActors.Handlers;
using WsActors.Metrics;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.Topics;
using WsActors.Tracing;

namespace WsActors.Connection;

/// <summary>
/// The receiving side of an open WebSocket: parses bytes to facts, delivers messages to the handler, answers pings. Parsing stops while too
/// much waits, and unparsed bytes are kept. Owned by its open connection.
/// </summary>
internal sealed class ReceivePath(
    ConnectionActor connection,
    StreamParser stream,
    ReceiveQueue receiveQueue,
    SendPath sendPath,
    ConnectionDeadlines deadlines,
    RouteMetrics metrics)
{
    private readonly SendQueue _sendQueue = connection.Transport.SendQueue;

    private readonly PublishBacklogs _publishing = connection.EndpointContext.Publishing;

    private readonly ConnectionStats _stats = connection.Stats;

    private readonly long _pauseAboveBytes = connection.EndpointContext.Options.SendQueue.PauseReadingAboveBytes;

    /// <summary>Null without a limit.</summary>
    private readonly InboundRateLimiter? _rates =
        InboundRateLimiter.FromOptions(connection.EndpointContext.Options.Rate, connection.EndpointContext.Clock);

    /// <summary>
    /// The bytes of the last read that are not parsed, because too much waited already: their messages may inflate a thousandfold. Empty
    /// unless reading is paused.
    /// </summary>
    private ReadOnlyMemory<byte> _unread;

    public StreamParser Stream => stream;

    /// <summary>Whether received bytes are not parsed yet.</summary>
    public bool HasUnread => !_unread.IsEmpty || stream.HasMore;

    /// <summary>
    /// Whether to pause reading: the send queue, messages that the handler has not handled, its publications that members have not taken,
    /// and the partial message are too large together. So a handler that echoes does not overrun the send queue, and one that publishes
    /// does not overrun the topics. One message is always read when nothing waits except stashed messages within the limit: the handler may
    /// be waiting for it.
    /// </summary>
    /// <param name="published">The handler's publications. Where they cause the pause, the connection awaits this snapshot.</param>
    public bool ShouldPause(out PublishBacklogSnapshot published)
    {
        var publishedBytes = PublishedBytes(out published);
        var stashed = receiveQueue.StashedBytes;
        var waiting = _sendQueue.HeldBytes + receiveQueue.Bytes + publishedBytes;
        return stashed > _pauseAboveBytes
            || (waiting > stashed && waiting + stream.MessageBytes > _pauseAboveBytes)
            || (publishedBytes > 0 && _publishing.IsFull);
    }

    /// <summary>Parses the bytes of one read.</summary>
    /// <returns>Null when reading continues, now or later. Otherwise the last fact: the peer's close frame, or a violation.</returns>
    public StreamEvent? Read(ReadOnlySpan<byte> bytes)
    {
        _rates?.OnStandstill(connection.EndpointContext.Clock.TotalStandstill, connection.Now);
        if (_rates?.Charge(bytes.Length, connection.Now) is { } tooFast)
        {
            return StreamEvent.ForViolation(tooFast);
        }

        var end = ReadFacts(ref bytes);
        _unread = end is null ? bytes.ToArray() : default;
        return end;
    }

    /// <summary>Parses the bytes that were kept.</summary>
    /// <inheritdoc cref="Read" path="/returns"/>
    public StreamEvent? ReadUnread()
    {
        var bytes = _unread.Span;
        var end = ReadFacts(ref bytes);
        _unread = _unread[^bytes.Length..];
        return end;
    }

    /// <summary>The received bytes that are not parsed yet.</summary>
    public ReadOnlySpan<byte> Unread => _unread.Span;

    /// <summary>The received bytes that are not parsed yet. The caller owns them from now on.</summary>
    public ReadOnlySpan<byte> TakeUnread()
    {
        var rest = _unread;
        _unread = default;
        return rest.Span;
    }

    /// <summary>Probes the handler's backlog, if the answer may change whether to pause.</summary>
    /// <param name="shouldPause">The result of <see cref="ShouldPause"/>.</param>
    public void ProbeBacklog(bool shouldPause) =>
        receiveQueue.ProbeBacklog(isDue: shouldPause || receiveQueue.DeliveredBytes > _pauseAboveBytes / 2);

    /// <inheritdoc cref="InboundRateLimiter.Pause"/>
    public void Pause(TimeSpan now) => _rates?.Pause(now);

    /// <inheritdoc cref="InboundRateLimiter.Resume"/>
    public void Resume(TimeSpan now) => _rates?.Resume(now);

    public void Stop()
    {
        _unread = default;
        stream.Dispose();
    }

    /// <summary>Parses and dispatches facts until too much waits.</summary>
    /// <param name="bytes">Advanced past the parsed bytes.</param>
    /// <inheritdoc cref="Read" path="/returns"/>
    private StreamEvent? ReadFacts(ref ReadOnlySpan<byte> bytes)
    {
        var now = connection.Now;
        var count = bytes.Length;
        var frames = stream.FramesRead;
        var controlBytes = 0;
        var (hasMessage, hasEnded) = (false, false);
        while (!(hasMessage && ShouldPause(out _)) && stream.TryRead(ref bytes, out var fact))
        {
            if (_rates?.Charge(fact, now) is { } tooMany)
            {
                return StreamEvent.ForViolation(tooMany);
            }

            switch (fact.Kind)
            {
                case StreamEventKind.Message or StreamEventKind.Chunk:
                    hasMessage = true;
                    hasEnded |= fact.IsLast;
                    Deliver(fact);
                    break;
                case StreamEventKind.Ping:
                    controlBytes += SizeOf(fact);
                    _sendQueue.AppendControl(Opcode.Pong, fact.Payload);
                    break;
                case StreamEventKind.Pong:
                    controlBytes += SizeOf(fact);
                    TellAskers(fact.Payload, now);
                    break;
                default: return fact;
            }
        }

        count -= bytes.Length;
        deadlines.OnBytes(now, count, stream.IsMidFrame, isNext: stream.FramesRead > frames);
        deadlines.OnMessageBytes(now, count - controlBytes, stream.IsMidMessage, isNext: hasEnded);
        return null;
    }

    /// <summary>The handler's publications that members have not taken; for a shared handler, only above a threshold.</summary>
    private long PublishedBytes(out PublishBacklogSnapshot published)
    {
        published = default;
        if (_publishing.IsEmpty)
        {
            return 0;
        }

        var own = connection.HandlerContext?.PublishBacklog;
        published = _publishing.IsSharedBacklogLarge
            ? new PublishBacklogSnapshot(own, _publishing.BacklogOf(connection.Ref), _publishing.BacklogOf(receiveQueue.Handler))
            : new PublishBacklogSnapshot(own);
        return published.Bytes;
    }

    /// <summary>The timer of the connection's own handler; null without one, in a session, or without a listener.</summary>
    private HandlerTimer? Timer => metrics.MeasuresHandlers && !_sendQueue.IsOfSession
        ? connection.HandlerContext?.GetOrCreateTimer(receiveQueue.Handler, metrics)
        : null;

    private int SizeOf(in StreamEvent control) => FrameWriter.SizeOf(PeerRole, control.Payload.Length);

    private Role PeerRole => connection.Role == Role.Server ? Role.Client : Role.Server;

    private void Deliver(in StreamEvent fact)
    {
        var bytes = fact.Payload.Length;
        _stats.OnReceived(bytes, fact.IsLast);
        metrics.Received(bytes, fact.IsLast, isWhole: fact.Kind == StreamEventKind.Message);
        deadlines.OnMessage();
        object message = fact.Kind == StreamEventKind.Message
            ? new Ws.Received { Connection = connection.Ref, Kind = fact.MessageKind, Payload = fact.Payload }
            : new Ws.ReceivedChunk { Connection = connection.Ref, Kind = fact.MessageKind, Payload = fact.Payload, IsLast = fact.IsLast };
        if (fact.IsLast)
        {
            Timer?.OnRead(message);
            if (Tracer.IsOn)
            {
                Trace(message, bytes);
            }
        }

        receiveQueue.Add(message, bytes);
    }

    /// <summary>
    /// Starts the span of a message, if the handshake is sampled. Without that condition each other message began a trace of its own: with
    /// 1 % sampling an echo was measured to take twice the time. A frame of a session is no message: its link passes the context of the
    /// handshake to the session, which starts the span.
    /// </summary>
    private void Trace(object message, int bytes)
    {
        var handshake = TraceContexts.Of(connection);
        if (!handshake.IsSampled())
        {
            return;
        }

        if (_sendQueue.IsOfSession)
        {
            TraceContexts.Set(message, handshake);
        }
        else
        {
            MessageSpan.StartReceive(message, metrics.Spans, handshake, bytes);
        }
    }

    private void TellAskers(ReadOnlyMemory<byte> pong, TimeSpan now)
    {
        if (sendPath.PendingPings is not { } pings)
        {
            return;
        }

        foreach (var (asker, roundTrip) in pings.TakeAnswered(pong, now, connection.Transport.WriteSince))
        {
            deadlines.OnPong();
            metrics.Ponged(roundTrip);
            _stats.SetRoundTrip(roundTrip);
            asker?.Tell(new Ws.Ponged { Connection = connection.Ref, RoundTrip = roundTrip }, connection.Ref);
        }
    }
}
