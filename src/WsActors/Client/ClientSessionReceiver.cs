using Akka.Actor;
using WsActors.Handlers;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Client;

/// <summary>
/// The client's half of a session's <see cref="ReliableReceiver"/>: delivers the messages to the handler, at once or by demand, and
/// measures the handler's backlog. Owned by the session's actor.
/// </summary>
/// <param name="client">The sender of the messages, from the handler's view.</param>
/// <param name="handler">The session's handler.</param>
/// <param name="isPulled">Whether messages are delivered by demand.</param>
/// <param name="handlerContext">The handler's context: it counts the bytes in its stash.</param>
/// <param name="maxBytes">The limit of held and unhandled bytes. Above it no frame is demanded of the connection.</param>
internal sealed class ClientSessionReceiver(IActorRef client, IActorRef handler, bool isPulled, HandlerContext handlerContext, int maxBytes)
{
    /// <summary>Most messages that wait for demand.</summary>
    private const int MaxHeld = 16;

    private static readonly Identify BacklogProbe = new("probe of a client session's handler");

    private ReliableReceiver _receiver = ReliableReceiver.CreateForClient();

    private readonly Queue<Ws.Received> _held = [];

    private HandlerBacklog _backlog;

    private long _heldBytes;

    /// <summary>The number of messages that the handler still asks for.</summary>
    private long _demand;

    /// <summary>The offset of the last message.</summary>
    public long Last => _receiver.Last;

    /// <summary>Payload bytes received.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Whether messages were received since the last ack.</summary>
    public bool OwesAck => _receiver.Unacknowledged > 0;

    /// <summary>Whether an ack is due at once.</summary>
    public bool OwesAckNow => _receiver.IsFull;

    /// <summary>Whether another frame may be demanded.</summary>
    /// <param name="publishedBytes">The handler's publishes that members have not taken.</param>
    public bool HasRoom(long publishedBytes) =>
        _held.Count < MaxHeld && _heldBytes + _backlog.Bytes + handlerContext.StashedBytes + publishedBytes <= maxBytes;

    /// <summary>Starts the next session: offsets start at 1, and earlier demand is void.</summary>
    public void Reset() => (_receiver, BytesReceived, _demand) = (ReliableReceiver.CreateForClient(), 0, 0);

    /// <summary>Takes the next message; one that was received before is ignored.</summary>
    /// <returns>False when a message before it is missing.</returns>
    public bool TryTake(in SessionFrame message)
    {
        var isComplete = _receiver.TryTake(message.Offset, message.Payload.Length, out var isNext);
        if (isNext)
        {
            BytesReceived += message.Payload.Length;
            _held.Enqueue(new Ws.Received { Connection = client, Kind = message.MessageKind, Payload = message.Payload });
            _heldBytes += HandlerBacklog.BytesOf(message.Payload.Length);
            DeliverHeld();
        }

        return isComplete;
    }

    /// <summary>An ack up to <see cref="Last"/> was sent.</summary>
    public void Acknowledge() => _receiver.Acknowledge(Last);

    /// <summary>Adds demand; without meaning for a handler that receives all messages at once.</summary>
    public void AddDemand(int messages)
    {
        _demand += messages;
        DeliverHeld();
    }

    /// <summary>Delivers all held messages before the end, demanded or not.</summary>
    public void DeliverAll()
    {
        while (_held.TryDequeue(out var next))
        {
            Tell(next);
        }
    }

    /// <summary>The answer to a probe: the handler has handled all messages before the probe.</summary>
    /// <returns>False for the answer to another probe.</returns>
    public bool TryAnswer(ActorIdentity answer)
    {
        var isOurs = Equals(answer.MessageId, BacklogProbe.MessageId);
        if (isOurs)
        {
            _backlog.OnProbeAnswered();
            ProbeBacklog();
        }

        return isOurs;
    }

    /// <summary>The handler's stash has changed.</summary>
    public void OnStashChanged(StashReport report)
    {
        if (report is StashReport.Unstashed unstashed)
        {
            _backlog.AddUnstashed(unstashed);
            ProbeBacklog();
        }
    }

    private void DeliverHeld()
    {
        while ((!isPulled || _demand > 0) && _held.TryDequeue(out var next))
        {
            _demand -= isPulled ? 1 : 0;
            Tell(next);
        }
    }

    private void Tell(Ws.Received message)
    {
        _heldBytes -= HandlerBacklog.BytesOf(message.Payload.Length);
        handler.Tell(message, client);
        _backlog.Add(message.Payload.Length);
        ProbeBacklog();
    }

    private void ProbeBacklog()
    {
        if (_backlog.TryProbe(isDue: _backlog.Bytes > maxBytes / 2))
        {
            handler.Tell(BacklogProbe, client);
        }
    }
}
