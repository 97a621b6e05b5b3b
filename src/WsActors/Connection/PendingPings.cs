using System.Buffers.Binary;
using Akka.Actor;
using WsActors.Protocol.Frames;

namespace WsActors.Connection;

/// <summary>
/// The pings of one connection that have no pong yet. A ping carries its number; a pong answers it and all before it, since a
/// peer may answer only the latest (RFC 6455 §5.5.3). Owned by its connection.
/// </summary>
internal sealed class PendingPings
{
    /// <summary>A peer that talks, but never answers pings, must not let them pile up: the oldest are forgotten.</summary>
    private const int MostUnanswered = 16;

    /// <summary>The oldest; the others follow it. Null while none is unanswered.</summary>
    private Sent? _oldest;

    private Sent? _latest;

    private ulong _last;

    public bool HasUnanswered => _oldest is not null;

    /// <summary>Appends a ping.</summary>
    /// <param name="sendQueue">Where to.</param>
    /// <param name="asker">Who is told the round trip; null for a keep-alive.</param>
    public void Send(SendQueue sendQueue, IActorRef? asker)
    {
        var payload = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(payload, ++_last);
        sendQueue.AppendControl(Opcode.Ping, payload);
        if (_last - _oldest?.Number == MostUnanswered)
        {
            _oldest = _oldest!.Next; // not null: it has a number
        }

        Add(new Sent(_last, asker, sendQueue.LastQueued));
    }

    /// <summary>Notes which pings have left by now.</summary>
    /// <param name="lastTaken">The outbox's.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether one did.</returns>
    public bool MarkSent(long lastTaken, TimeSpan now)
    {
        var any = false;
        for (var ping = _oldest; ping is not null; ping = ping.Next)
        {
            if (ping.SentAt is null && ping.Frame <= lastTaken)
            {
                ping.SentAt = now;
                any = true;
            }
        }

        return any;
    }

    /// <summary>The pings that a pong answers, with who asked; none for a pong that nobody asked for.</summary>
    /// <param name="payload">The pong's.</param>
    /// <param name="now">The time.</param>
    /// <param name="writeSince">When the write in flight began: a pong may come before the word that its ping's write was taken.</param>
    public IEnumerable<(IActorRef? Asker, TimeSpan RoundTrip)> TakeAnswered(ReadOnlyMemory<byte> payload, TimeSpan now, TimeSpan? writeSince)
    {
        if (payload.Length != sizeof(ulong))
        {
            yield break;
        }

        var number = BinaryPrimitives.ReadUInt64BigEndian(payload.Span);
        while (number <= _last && _oldest is { } ping && ping.Number <= number)
        {
            _oldest = ping.Next;
            _latest = _oldest is null ? null : _latest;
            var roundTrip = now - (ping.SentAt ?? writeSince ?? now);
            yield return (ping.Asker, roundTrip > TimeSpan.Zero ? roundTrip : TimeSpan.Zero); // a standstill moves the time back
        }
    }

    private void Add(Sent ping)
    {
        if (_oldest is null)
        {
            _oldest = ping;
        }
        else
        {
            _latest!.Next = ping; // not null: there is an oldest
        }

        _latest = ping;
    }

    /// <param name="number">What its payload says.</param>
    /// <param name="asker">Who asked.</param>
    /// <param name="frame">Its number in the outbox.</param>
    private sealed class Sent(ulong number, IActorRef? asker, long frame)
    {
        public ulong Number { get; } = number;

        public IActorRef? Asker { get; } = asker;

        public long Frame { get; } = frame;

        /// <summary>The one sent after it.</summary>
        public Sent? Next { get; set; }

        /// <summary>The time at which it was sent; null while it is queued.</summary>
        public TimeSpan? SentAt { get; set; }
    }
}
