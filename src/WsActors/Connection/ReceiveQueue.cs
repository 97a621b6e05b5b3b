using Akka.Actor;
using WsActors.Handlers;
using WsActors.Tracing;

namespace WsActors.Connection;

/// <summary>
/// Received messages for the handler: delivered at once, or held until the handler demands them. Measures the handler's backlog. Owned by
/// its open connection.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="handler">The handler.</param>
/// <param name="isPulled">Whether it demands messages.</param>
/// <param name="endsSpans">See <see cref="HandlerDescriptor.EndsSpans"/>.</param>
internal sealed class ReceiveQueue(ConnectionActor connection, IActorRef handler, bool isPulled, bool endsSpans)
{
    private static readonly Identify BacklogProbe = new("how far are you?");

    private HandlerBacklog _backlog;

    /// <summary>Messages that wait for demand, in order; null until one waits.</summary>
    private Queue<(object Message, int PayloadBytes)>? _held;

    private long _heldBytes;

    /// <summary>The demand of the handler in messages. Zero while a message is held.</summary>
    private long _demand;

    /// <summary>Whether demand may still belong to an earlier connection of the same public reference.</summary>
    private bool _isDemandOfEarlier;

    public IActorRef Handler => handler;

    /// <summary>Bytes that are held, that are delivered and not known to be handled, or that are in the handler's stash.</summary>
    public long Bytes => _heldBytes + DeliveredBytes + StashedBytes;

    /// <summary>
    /// Bytes in the stash of the connection's own handler. Until the next probe is answered, they may also be counted as delivered.
    /// </summary>
    public long StashedBytes => connection.HandlerContext?.StashedBytes ?? 0;

    /// <summary>Whether a handler in pull mode has no demand: then nothing more is read from the socket.</summary>
    public bool IsFull => isPulled && _demand == 0;

    /// <summary>
    /// Runs before the first message. If handlers know a client by a reference that outlives connections, demand counts for this connection
    /// only once the handler has handled all earlier messages. A probe is sent in that reference's name: its answer takes the same way as
    /// demands, behind the earlier ones. The probe carries the connection's uid: an answer for an earlier connection may arrive here, too.
    /// </summary>
    public void Start()
    {
        if (isPulled && connection.HasPublicRef)
        {
            _isDemandOfEarlier = true;
            connection.Tell(handler, new Identify(connection.Uid));
        }
    }

    public void Add(object message, int payloadBytes)
    {
        if (IsFull)
        {
            (_held ??= []).Enqueue((message, payloadBytes));
            _heldBytes += HandlerBacklog.BytesOf(payloadBytes);
        }
        else
        {
            _demand -= isPulled ? 1 : 0;
            Tell(message, payloadBytes);
        }
    }

    /// <summary>Adds demand and delivers held messages. Changes nothing unless the handler is in pull mode.</summary>
    public void AddDemand(int messages)
    {
        if (isPulled && !_isDemandOfEarlier)
        {
            _demand += messages;
            while (_demand > 0 && TryDeliverHeld())
            {
                _demand--;
            }
        }
    }

    /// <summary>Delivers all held messages without demand: the WebSocket ends, and there is no peer to slow down.</summary>
    public void DeliverAll()
    {
        while (TryDeliverHeld())
        {
        }
    }

    /// <summary>Drops all held messages.</summary>
    public void Clear()
    {
        _held = null;
        _heldBytes = 0;
        connection.HandlerContext?.Timer?.Clear();
    }

    /// <summary>Bytes delivered to the handler and not known to be handled.</summary>
    public long DeliveredBytes => _backlog.Bytes;

    /// <summary>Probes the handler's backlog, unless a probe is pending.</summary>
    /// <param name="isDue">Whether a probe is needed.</param>
    public void ProbeBacklog(bool isDue)
    {
        if (_backlog.TryProbe(isDue))
        {
            connection.TellAsSelf(handler, BacklogProbe);
        }
    }

    /// <summary>The handler has handled all messages that were delivered before the probe.</summary>
    public void OnProbeAnswered(ActorIdentity answer)
    {
        if (Equals(answer.MessageId, BacklogProbe.MessageId))
        {
            _backlog.OnProbeAnswered();
        }
        else if (Equals(answer.MessageId, connection.Uid))
        {
            _isDemandOfEarlier = false;
        }
    }

    public void OnStashChanged(StashReport report)
    {
        if (report is StashReport.Unstashed unstashed)
        {
            _backlog.AddUnstashed(unstashed);
        }
    }

    private bool TryDeliverHeld()
    {
        if (_held is null || !_held.TryDequeue(out var first))
        {
            return false;
        }

        _heldBytes -= HandlerBacklog.BytesOf(first.PayloadBytes);
        Tell(first.Message, first.PayloadBytes);
        return true;
    }

    private void Tell(object message, int payloadBytes)
    {
        if (!endsSpans && Tracer.IsOn)
        {
            MessageSpan.StopReceive(message);
        }

        connection.Tell(handler, message);
        connection.HandlerContext?.Timer?.OnTold(message);
        _backlog.Add(payloadBytes);
        connection.Transport.Tap?.OnHandlerTold(payloadBytes);
    }
}
