using Akka.Actor;
using WsActors.Handlers;

namespace WsActors.Connection;

/// <summary>
/// What came for the handler: told at once, or, where the handler asks for it, held until it does. Knows how far the handler is behind.
/// Owned by its conversation.
/// </summary>
internal sealed class ReceiveQueue(ConnectionActor connection, IActorRef handler, bool isPulled)
{
    private static readonly Identify BacklogProbe = new("how far are you?");

    private HandlerBacklog _backlog;

    /// <summary>The messages that wait for demand, in order; null until one waits.</summary>
    private Queue<(object Message, int PayloadBytes)>? _held;

    private long _heldBytes;

    /// <summary>The demand of the handler in messages. Zero while a message is held.</summary>
    private long _demand;

    /// <summary>Whether what the handler asks for may still be for what an earlier connection of the same reference told it.</summary>
    private bool _isOfEarlier;

    /// <summary>Held, or told and not known to be dealt with, or in the handler's stash.</summary>
    public long Bytes => _heldBytes + DeliveredBytes + StashedBytes;

    /// <summary>
    /// In the stash of a handler of the connection's own. While nobody has asked how far that is, they may be among those that were told,
    /// too.
    /// </summary>
    public long StashedBytes => connection.HandlerContext?.StashedBytes ?? 0;

    /// <summary>Whether the handler wants nothing more for now: then nothing more is read of the socket.</summary>
    public bool IsFull => isPulled && _demand == 0;

    /// <summary>
    /// Before anything is told. Where handlers know a client by a reference that stays, theirs begins when it has dealt with whatever came
    /// before: it is asked in that reference's name, so that the answer comes the way of its demands, and behind the earlier ones. The
    /// question carries the connection's uid: the answer to a question of an earlier connection may come here, too.
    /// </summary>
    public void Start()
    {
        if (isPulled && connection.HasPublicRef)
        {
            _isOfEarlier = true;
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

    /// <summary>The handler wants so many more. Where it is told everything at once, that changes nothing.</summary>
    public void AddDemand(int messages)
    {
        if (isPulled && !_isOfEarlier)
        {
            _demand += messages;
            while (_demand > 0 && TryDeliverHeld())
            {
                _demand--;
            }
        }
    }

    /// <summary>Tells what is held, asked for or not: nobody is left whom that could slow.</summary>
    public void DeliverAll()
    {
        while (TryDeliverHeld())
        {
        }
    }

    /// <summary>Drops what is held.</summary>
    public void Clear()
    {
        _held = null;
        _heldBytes = 0;
    }

    /// <summary>Told, and not known to be dealt with.</summary>
    public long DeliveredBytes => _backlog.Bytes;

    /// <summary>Asks how far the handler is, unless that is asked already.</summary>
    /// <param name="isDue">Whether it matters.</param>
    public void ProbeBacklog(bool isDue)
    {
        if (_backlog.TryProbe(isDue))
        {
            connection.TellAsSelf(handler, BacklogProbe);
        }
    }

    /// <summary>The handler has dealt with what it was told before it was asked.</summary>
    public void OnProbeAnswered(ActorIdentity answer)
    {
        if (Equals(answer.MessageId, BacklogProbe.MessageId))
        {
            _backlog.OnProbeAnswered();
        }
        else if (Equals(answer.MessageId, connection.Uid))
        {
            _isOfEarlier = false;
        }
    }

    /// <summary>The handler's stash has changed.</summary>
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
        connection.Tell(handler, message);
        _backlog.Add(payloadBytes);
    }
}
