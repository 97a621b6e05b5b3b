using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.Topics;

namespace WsActors.Connection;

/// <summary>
/// What comes on an open WebSocket: bytes become facts, messages are told to the handler, pings are answered. It stops where too much
/// waits, and keeps the rest. Owned by its conversation.
/// </summary>
internal sealed class ReceivePath(
    ConnectionActor connection,
    StreamParser stream,
    ReceiveQueue receiveQueue,
    ConnectionDeadlines deadlines,
    PendingPings pendingPings,
    WebSocketMetrics.RouteMetrics metrics)
{
    private readonly SendQueue _sendQueue = connection.Transport.SendQueue;

    private readonly ConnectionStats _stats = connection.Stats;

    private readonly long _pauseAboveBytes = connection.EndpointContext.Options.SendQueue.PauseReadingAboveBytes;

    /// <summary>Null where there is no limit.</summary>
    private readonly InboundRateLimiter? _rates =
        InboundRateLimiter.FromOptions(connection.EndpointContext.Options.Rate, connection.EndpointContext.Clock);

    /// <summary>
    /// What of the last read was not looked at, because too much waited already: its messages may inflate to a thousand times as much.
    /// Empty unless reading is paused.
    /// </summary>
    private ReadOnlyMemory<byte> _unread;

    public StreamParser Stream => stream;

    /// <summary>Whether some of what came was not looked at.</summary>
    public bool HasUnread => !_unread.IsEmpty || stream.HasMore;

    /// <summary>
    /// Whether to read no more for now: what waits to be sent, what the handler has not dealt with, what it published and members have not
    /// taken, and the message that is coming are too much together. So a handler that answers as much as it is told does not overrun the
    /// queue, and one that publishes does not overrun the topics. A message is always read when nothing else waits, or what the handler has
    /// stashed alone, and that is not too much by itself: it may be the one that the handler waits for.
    /// </summary>
    /// <param name="published">The handler's publications. Where they cause the pause, the connection awaits this snapshot.</param>
    public bool ShouldPause(in PublishBacklogSnapshot published)
    {
        var stashed = receiveQueue.StashedBytes;
        var waiting = _sendQueue.HeldBytes + receiveQueue.Bytes + published.Bytes;
        return stashed > _pauseAboveBytes
            || (waiting > stashed && waiting + stream.MessageBytes > _pauseAboveBytes)
            || (published.Bytes > 0 && connection.EndpointContext.Publishing.IsFull);
    }

    /// <summary>Reads what came from the socket.</summary>
    /// <returns>Null when reading goes on, now or later. Otherwise the fact that ends it: the peer closed, or broke a rule.</returns>
    public StreamEvent? Read(ReadOnlySpan<byte> bytes)
    {
        _rates?.OnStandstill(connection.EndpointContext.Clock.TotalStandstill, connection.Now);
        if (_rates?.Charge(bytes.Length, connection.Now) is { } tooFast)
        {
            return StreamEvent.ForViolation(tooFast);
        }

        var last = ReadFacts(ref bytes);
        _unread = last is null ? bytes.ToArray() : default;
        return last;
    }

    /// <summary>Reads on in what came before.</summary>
    /// <inheritdoc cref="Read" path="/returns"/>
    public StreamEvent? ReadUnread()
    {
        var bytes = _unread.Span;
        var last = ReadFacts(ref bytes);
        _unread = _unread[^bytes.Length..];
        return last;
    }

    /// <summary>The received bytes that were not parsed yet. The caller owns them from now on.</summary>
    public ReadOnlySpan<byte> TakeUnread()
    {
        var rest = _unread;
        _unread = default;
        return rest.Span;
    }

    /// <summary>Asks how far the handler is, where the answer may change whether to read on.</summary>
    /// <param name="hasEnoughToDo">See <see cref="ShouldPause"/>.</param>
    public void ProbeBacklog(bool hasEnoughToDo) => receiveQueue.ProbeBacklog(isDue: hasEnoughToDo || receiveQueue.DeliveredBytes > _pauseAboveBytes / 2);

    /// <inheritdoc cref="InboundRateLimiter.Pause"/>
    public void Pause(TimeSpan now) => _rates?.Pause(now);

    /// <inheritdoc cref="InboundRateLimiter.Resume"/>
    public void Resume(TimeSpan now) => _rates?.Resume(now);

    /// <summary>Nothing is read any more.</summary>
    public void Stop()
    {
        _unread = default;
        stream.Dispose();
    }

    /// <summary>Reads on in what came, until so much waits that the rest of it has to wait, too.</summary>
    /// <param name="bytes">Advanced past what was read.</param>
    /// <inheritdoc cref="Read" path="/returns"/>
    private StreamEvent? ReadFacts(ref ReadOnlySpan<byte> bytes)
    {
        var now = connection.Now;
        var count = bytes.Length;
        var frames = stream.FramesRead;
        var controlBytes = 0;
        var (hasMessage, hasEnded) = (false, false);
        while (!(hasMessage && ShouldPause(connection.Published)) && stream.TryRead(ref bytes, out var fact))
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

    private int SizeOf(in StreamEvent control) => FrameWriter.SizeOf(PeerRole, control.Payload.Length);

    private Role PeerRole => connection.Role == Role.Server ? Role.Client : Role.Server;

    private void Deliver(in StreamEvent fact)
    {
        var bytes = fact.Payload.Length;
        _stats.OnReceived(bytes, fact.IsLast);
        metrics.Received(bytes, fact.IsLast);
        deadlines.OnMessage();
        object message = fact.Kind == StreamEventKind.Message
            ? new Ws.Received(connection.Ref, fact.MessageKind, fact.Payload)
            : new Ws.ReceivedChunk(connection.Ref, fact.MessageKind, fact.Payload, fact.IsLast);
        receiveQueue.Add(message, bytes);
    }

    private void TellAskers(ReadOnlyMemory<byte> pong, TimeSpan now)
    {
        foreach (var (asker, roundTrip) in pendingPings.TakeAnswered(pong, now, connection.Transport.WriteSince))
        {
            deadlines.OnPong();
            metrics.RoundTrip(roundTrip);
            _stats.SetRoundTrip(roundTrip);
            asker?.Tell(new Ws.Ponged(connection.Ref, roundTrip), connection.Ref);
        }
    }
}
