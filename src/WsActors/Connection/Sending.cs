using Akka.Actor;
using WsActors.Manager;

namespace WsActors.Connection;

/// <summary>
/// What is sent on an open WebSocket: messages are queued, or meet their policy; what leaves is counted, and the handler is told how it
/// goes. Owned by its conversation.
/// </summary>
internal sealed class Sending
{
    private readonly ConnectionActor _connection;
    private readonly Outbox _outbox;
    private FlowReport _flow;
    private readonly Liveness _clocks;
    private readonly Pings _pings;
    private readonly Instruments.OfRoute _instruments;

    public Sending(ConnectionActor connection, IActorRef handler, Liveness clocks, Pings pings, Instruments.OfRoute instruments)
    {
        (_connection, _clocks, _pings, _instruments) = (connection, clocks, pings, instruments);
        _flow = new FlowReport(connection, handler);
        _outbox = connection.Wire.Outbox;
        _outbox.Meter = instruments;
        connection.Wire.Receipts.Meter = instruments;
    }

    private TimeSpan Now => _connection.Now;

    /// <returns>False when the message does not fit, and that is the end.</returns>
    public bool TryQueue(Ws.Send send, IActorRef sender)
    {
        var offered = _outbox.Offer(send, sender);
        if (offered == Offered.Dropped)
        {
            _flow.Dropped();
        }

        if (offered != Offered.Taken)
        {
            return offered == Offered.Dropped;
        }

        var bytes = send.Payload.Length;
        _connection.Vitals.Sent(bytes);
        _clocks.Message();
        _instruments.Sent(bytes);
        return true;
    }

    /// <summary>Takes what the source of a streamed message produced.</summary>
    /// <returns>False when it failed in the middle of the message: that is the end of the connection, as a message cannot be taken back.</returns>
    public bool TryTake(StreamFeed.Produced produced)
    {
        var isOver = produced.Stream.IsOver;
        if (!isOver && produced.Cause is { } cause)
        {
            _connection.Endpoint.Failures.Write($"{_connection.Endpoint.Name}: the source of a streamed message", null, cause);
        }

        if (!isOver && produced.Part is { } part)
        {
            _connection.Vitals.SentPart(part.Length);
            _clocks.Message();
            _instruments.SentPart(part.Length);
        }

        return _outbox.TryTake(produced);
    }

    /// <param name="asker">Who is told when it is answered; null for none.</param>
    public void Ping(IActorRef? asker)
    {
        _pings.Send(_outbox, asker);
        _clocks.PingQueued();
    }

    /// <summary>The socket took the write in flight.</summary>
    public void FinishWrite()
    {
        _connection.Wire.FinishWrite();
        _flow.Moved();
        if (_pings.HasUnanswered && Now is var now && _pings.Leave(_outbox.LastTaken, now))
        {
            _clocks.PingLeft(now);
        }
    }

    /// <summary>What waits leaves as one write, if none is in flight; the handler is told if the queue passes a water mark.</summary>
    public void Flush()
    {
        while (_connection.Wire.TryFlush())
        {
            FinishWrite();
        }

        _flow.Look(_outbox.QueuedBytes);
    }

    /// <summary>Tells the handler what it does not know yet of dropped messages.</summary>
    public void TellDrops() => _flow.TellDrops();
}
