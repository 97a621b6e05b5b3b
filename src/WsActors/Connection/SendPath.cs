using Akka.Actor;
using WsActors.Handlers;
using WsActors.Metrics;

namespace WsActors.Connection;

/// <summary>
/// The sending side of an open WebSocket: queues messages, or applies their overflow policy; counts what is sent, and tells the handler
/// about congestion. Owned by its open connection.
/// </summary>
internal sealed class SendPath
{
    private readonly ConnectionActor _connection;
    private readonly SendQueue _sendQueue;
    private readonly int _congestedAboveBytes;
    private readonly int _writableBelowBytes;
    private WatermarkNotifier _watermarks;
    private readonly ConnectionDeadlines _deadlines;
    private readonly RouteMetrics _metrics;

    public SendPath(
        ConnectionActor connection, IActorRef handler, ConnectionDeadlines deadlines, RouteMetrics metrics)
    {
        (_connection, _deadlines, _metrics) = (connection, deadlines, metrics);
        _watermarks = new WatermarkNotifier(connection.Ref, handler);
        var options = connection.EndpointContext.Options.SendQueue;
        (_congestedAboveBytes, _writableBelowBytes) = (options.CongestedAboveBytes, options.WritableBelowBytes);
        _sendQueue = connection.Transport.SendQueue;
        connection.Transport.Acks.Metrics = metrics;
    }

    /// <summary>The pings that were queued; null until one was.</summary>
    public PendingPings? PendingPings { get; private set; }

    /// <inheritdoc cref="WatermarkNotifier.IsCongested"/>
    public bool IsCongested => _watermarks.IsCongested;

    /// <returns>False when the message does not fit: the connection must end.</returns>
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
        _metrics.Sent(bytes, isWhole: send.Parts is null);
        return true;
    }

    /// <summary>Takes a part or the end of a streamed message from its source.</summary>
    /// <returns>
    /// False when the source failed after a fragment has left: the connection must end, since a fragment cannot be taken back.
    /// </returns>
    public bool TryTakePart(StreamedMessage.Produced produced)
    {
        var isComplete = produced.Stream.IsComplete;
        if (!isComplete && produced.Cause is { } cause)
        {
            _connection.EndpointContext.Failures.Write(
                $"{_connection.EndpointContext.Name}: the source of a streamed message", null, cause);
        }

        if (!isComplete && produced.Part is { } part)
        {
            _connection.Stats.OnPartSent(part.Length);
            _deadlines.OnMessage();
            _metrics.SentPart(part.Length);
        }

        return _sendQueue.TryTake(produced);
    }

    /// <param name="asker">The actor that is told of the pong; null for none.</param>
    public void Ping(IActorRef? asker)
    {
        PendingPings ??= new PendingPings();
        PendingPings.Send(_sendQueue, asker);
        _deadlines.OnPingQueued();
    }

    /// <summary>The socket took the write in flight.</summary>
    public void CompleteWrite()
    {
        _connection.Transport.CompleteWrite();
        _watermarks.OnDrained();
        if (PendingPings is { HasUnanswered: true } pings && _connection.Now is var now && pings.MarkSent(_sendQueue.LastTaken, now))
        {
            _deadlines.OnPingSent(now);
        }
    }

    /// <summary>Starts the next write unless one is in flight, and tells the handler when the queue passes a watermark.</summary>
    public void Flush()
    {
        while (_connection.Transport.TryFlush())
        {
            CompleteWrite();
        }

        _watermarks.OnQueueChanged(_sendQueue.QueuedBytes, _congestedAboveBytes, _writableBelowBytes);
        _connection.Transport.Tap?.SetCongested(_watermarks.IsCongested);
    }

    /// <summary>Tells the handler of dropped messages that it was not told of yet.</summary>
    public void TellDrops() => _watermarks.TellDrops();
}
