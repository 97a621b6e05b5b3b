using Akka.Actor;

namespace WsActors.Connection;

/// <summary>
/// What is sent on an open WebSocket: messages are queued, or meet their policy; what leaves is counted, and the handler is told how it
/// goes. Owned by its conversation.
/// </summary>
internal sealed class SendPath
{
    private readonly ConnectionActor _connection;
    private readonly SendQueue _sendQueue;
    private WatermarkNotifier _watermarks;
    private readonly ConnectionDeadlines _deadlines;
    private readonly PendingPings _pendingPings;
    private readonly WebSocketMetrics.RouteMetrics _metrics;

    public SendPath(ConnectionActor connection, IActorRef handler, ConnectionDeadlines clocks, PendingPings pendingPings, WebSocketMetrics.RouteMetrics instruments)
    {
        (_connection, _deadlines, _pendingPings, _metrics) = (connection, clocks, pendingPings, instruments);
        _watermarks = new WatermarkNotifier(connection, handler);
        _sendQueue = connection.Transport.SendQueue;
        _sendQueue.Metrics = instruments;
        connection.Transport.Acks.Metrics = instruments;
    }

    private TimeSpan Now => _connection.Now;

    /// <returns>False when the message does not fit, and that is the end.</returns>
    public bool TryQueue(Ws.Send send, IActorRef sender)
    {
        var enqueueResult = _sendQueue.Enqueue(send, sender);
        if (enqueueResult == EnqueueResult.Dropped)
        {
            _watermarks.OnDropped();
        }

        if (enqueueResult != EnqueueResult.Queued)
        {
            return enqueueResult == EnqueueResult.Dropped;
        }

        var bytes = send.Payload.Length;
        _connection.Stats.OnSent(bytes);
        _deadlines.OnMessage();
        _metrics.Sent(bytes);
        return true;
    }

    /// <summary>Takes what the source of a streamed message produced.</summary>
    /// <returns>False when it failed in the middle of the message: that is the end of the connection, as a message cannot be taken back.</returns>
    public bool TryTakePart(StreamedMessage.Produced produced)
    {
        var isOver = produced.Stream.IsComplete;
        if (!isOver && produced.Cause is { } cause)
        {
            _connection.EndpointContext.Failures.Write($"{_connection.EndpointContext.Name}: the source of a streamed message", null, cause);
        }

        if (!isOver && produced.Part is { } part)
        {
            _connection.Stats.OnPartSent(part.Length);
            _deadlines.OnMessage();
            _metrics.SentPart(part.Length);
        }

        return _sendQueue.TryTake(produced);
    }

    /// <param name="asker">Who is told when it is answered; null for none.</param>
    public void Ping(IActorRef? asker)
    {
        _pendingPings.Send(_sendQueue, asker);
        _deadlines.OnPingQueued();
    }

    /// <summary>The socket took the write in flight.</summary>
    public void CompleteWrite()
    {
        _connection.Transport.CompleteWrite();
        _watermarks.OnDrained();
        if (_pendingPings.HasUnanswered && Now is var now && _pendingPings.MarkSent(_sendQueue.LastTaken, now))
        {
            _deadlines.OnPingSent(now);
        }
    }

    /// <summary>Sends the queued frames in one write, unless one is in flight; the handler is told when the queue passes a watermark.</summary>
    public void Flush()
    {
        while (_connection.Transport.TryFlush())
        {
            CompleteWrite();
        }

        _watermarks.OnQueueChanged(_sendQueue.QueuedBytes);
    }

    /// <summary>Tells the handler what it does not know yet of dropped messages.</summary>
    public void TellDrops() => _watermarks.TellDrops();
}
