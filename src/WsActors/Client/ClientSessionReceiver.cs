using Akka.Actor;
using WsActors.Handlers;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Client;

/// <summary>
/// What comes within a client's session: told to the handler in order and once, or held until it asks for it. Knows what has to be acknowledged,
/// and whether the handler is too far behind to be told more. Owned by the session's actor.
/// </summary>
/// <param name="client">Whom the handler knows.</param>
/// <param name="handler">Who is told.</param>
/// <param name="isPulled">Whether it is told no more messages than it asked for.</param>
/// <param name="handlerContext">Knows what is in the handler's stash.</param>
/// <param name="maxBytes">Above this nothing more is asked of the connection: held, or told and not known to be dealt with.</param>
internal sealed class ClientSessionReceiver(IActorRef client, IActorRef handler, bool isPulled, HandlerContext handlerContext, int maxBytes)
{
    /// <summary>Most messages that are held.</summary>
    private const int MaxHeld = 16;

    /// <summary>After so many messages an ack is due at once, as it is after <see cref="AckBytes"/>.</summary>
    private const int AckMessages = 32;

    private const int AckBytes = 64 * 1024;

    private static readonly Identify BacklogProbe = new("how far is the session's handler?");

    private readonly Queue<Ws.Received> _held = [];

    private HandlerBacklog _backlog;

    private long _heldBytes;

    /// <summary>The number of messages that the handler still asks for.</summary>
    private long _demand;

    private int _unacknowledged;

    private long _unacknowledgedBytes;

    /// <summary>The last message that came.</summary>
    public long Last { get; private set; }

    /// <summary>Payload bytes that came.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Whether there is something that the server does not know to have come.</summary>
    public bool OwesAck => _unacknowledged > 0;

    /// <summary>Whether that is much.</summary>
    public bool OwesAckNow => _unacknowledged >= AckMessages || _unacknowledgedBytes >= AckBytes;

    /// <summary>Whether more may come.</summary>
    /// <param name="publishedBytes">What the handler has published and members have not taken.</param>
    public bool HasRoom(long publishedBytes) =>
        _held.Count < MaxHeld && _heldBytes + _backlog.Bytes + handlerContext.StashedBytes + publishedBytes <= maxBytes;

    /// <summary>The next session's messages are numbered from 1, and of what was asked for nothing counts for them.</summary>
    public void Reset() => (Last, BytesReceived, _demand, _unacknowledged, _unacknowledgedBytes) = (0, 0, 0, 0, 0);

    /// <returns>False when a message is missing before it. One that came before is passed over.</returns>
    public bool TryTake(in SessionFrame message)
    {
        if (message.Offset != Last + 1)
        {
            return message.Offset <= Last;
        }

        Last = message.Offset;
        BytesReceived += message.Payload.Length;
        _unacknowledged++;
        _unacknowledgedBytes += message.Payload.Length;
        _held.Enqueue(new Ws.Received(client, message.MessageKind, message.Payload));
        _heldBytes += HandlerBacklog.BytesOf(message.Payload.Length);
        DeliverHeld();
        return true;
    }

    /// <summary>The server was told <see cref="Last"/>.</summary>
    public void Acknowledge() => (_unacknowledged, _unacknowledgedBytes) = (0, 0);

    /// <summary>The handler wants so many more; that changes nothing where it is told everything at once.</summary>
    public void AddDemand(int messages)
    {
        _demand += messages;
        DeliverHeld();
    }

    /// <summary>Tells what is held, asked for or not: it is over.</summary>
    public void DeliverAll()
    {
        while (_held.TryDequeue(out var next))
        {
            Tell(next);
        }
    }

    /// <summary>Whether the answer is about how far the handler is. It has dealt with what it was told before it was asked, then.</summary>
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
