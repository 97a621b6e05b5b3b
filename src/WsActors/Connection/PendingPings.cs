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
    /// <summary>A peer that sends but never answers pings must not let them pile up: the oldest are removed.</summary>
    private const int MaxUnanswered = 16;

    /// <summary>The oldest unanswered ping, and the head of the list; null without one.</summary>
    private Sent? _oldest;

    private Sent? _latest;

    private ulong _last;

    public bool HasUnanswered => _oldest is not null;

    /// <summary>Appends a ping.</summary>
    /// <param name="sendQueue">The queue that sends it.</param>
    /// <param name="asker">The actor that is told the round trip; null for a keep-alive.</param>
    public void Send(SendQueue sendQueue, IActorRef? asker)
    {
        var payload = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(payload, ++_last);
        sendQueue.AppendControl(Opcode.Ping, payload);
        if (_last - _oldest?.Number == MaxUnanswered)
        {
            _oldest = _oldest!.Next; // not null: it has a number
        }

        Add(new Sent(_last, asker, sendQueue.LastQueued));
    }

    /// <summary>Marks the pings that have been sent by now.</summary>
    /// <param name="lastTaken">The number of the last frame that the socket has taken.</param>
    /// <param name="now">The time.</param>
    /// <returns>True when a ping was marked.</returns>
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

    /// <summary>The pings that a pong answers, with their askers; empty for an unsolicited pong.</summary>
    /// <param name="payload">The payload of the pong.</param>
    /// <param name="now">The time.</param>
    /// <param name="writeSince">
    /// The start of the write in flight: a pong may arrive before the completion of the write with its ping.
    /// </param>
    public IEnumerable<(IActorRef? Asker, TimeSpan RoundTrip)> TakeAnswered(
        ReadOnlyMemory<byte> payload, TimeSpan now, TimeSpan? writeSince)
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

    /// <param name="number">The number in its payload.</param>
    /// <param name="asker">The actor that is told the round trip.</param>
    /// <param name="frame">Its frame number in the send queue.</param>
    private sealed class Sent(ulong number, IActorRef? asker, long frame)
    {
        public ulong Number { get; } = number;

        public IActorRef? Asker { get; } = asker;

        public long Frame { get; } = frame;

        /// <summary>The ping sent after it.</summary>
        public Sent? Next { get; set; }

        /// <summary>The time at which it was sent; null while it is queued.</summary>
        public TimeSpan? SentAt { get; set; }
    }
}
