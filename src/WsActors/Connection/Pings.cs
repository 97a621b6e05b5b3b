using System.Buffers.Binary;
using Akka.Actor;
using WsActors.Protocol.Frames;

namespace WsActors.Connection;

/// <summary>
/// The pings of one connection that have no pong yet. A ping carries its number; a pong answers it and all before it, since a
/// peer may answer only the latest (RFC 6455 §5.5.3). Owned by its connection.
/// </summary>
internal sealed class Pings
{
    private readonly Queue<Sent> _unanswered = [];

    private ulong _last;

    /// <summary>How many have left the queue; those behind wait in the outbox.</summary>
    private int _left;

    /// <summary>Appends a ping.</summary>
    /// <param name="outbox">Where to.</param>
    /// <param name="asker">Who is told the round trip; null for a keep-alive.</param>
    public void Send(Outbox outbox, IActorRef? asker)
    {
        Span<byte> payload = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(payload, ++_last);
        outbox.Append(Opcode.Ping, payload);
        _unanswered.Enqueue(new Sent(_last, asker, outbox.TotalQueued));
    }

    /// <summary>Notes which pings have left by now.</summary>
    /// <returns>Whether one did.</returns>
    public bool Leave(long totalTaken, TimeSpan now)
    {
        var before = _left;
        foreach (var ping in _unanswered.Skip(_left))
        {
            if (ping.End > totalTaken)
            {
                break;
            }

            ping.Left = now;
            _left++;
        }

        return _left > before;
    }

    /// <summary>The pings that a pong answers, with who asked; none for a pong that nobody asked for.</summary>
    public IEnumerable<(IActorRef? Asker, TimeSpan RoundTrip)> Answer(ReadOnlyMemory<byte> payload, TimeSpan now)
    {
        if (payload.Length != sizeof(ulong))
        {
            yield break;
        }

        var number = BinaryPrimitives.ReadUInt64BigEndian(payload.Span);
        while (number <= _last && _left > 0 && _unanswered.Peek().Number <= number)
        {
            var ping = _unanswered.Dequeue();
            _left--;
            yield return (ping.Asker, now - ping.Left);
        }
    }

    /// <param name="number">What its payload says.</param>
    /// <param name="asker">Who asked.</param>
    /// <param name="end">The outbox's total when it was queued: it has left when so many bytes were taken.</param>
    private sealed class Sent(ulong number, IActorRef? asker, long end)
    {
        public ulong Number { get; } = number;

        public IActorRef? Asker { get; } = asker;

        public long End { get; } = end;

        public TimeSpan Left { get; set; }
    }
}
