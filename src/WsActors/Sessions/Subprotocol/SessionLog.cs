using Akka.Actor;

namespace WsActors.Sessions.Subprotocol;

/// <summary>
/// The messages of one end of a session that the peer has not acknowledged, in order, each with its offset. A message to many sessions is
/// shared by their logs; its frame is written when it is sent. Pure; owned by one session. Each operation takes constant time.
/// </summary>
/// <param name="last">The offset of the last message before the log.</param>
/// <param name="overheadBytes">
/// What a message counts beside its payload. By default the memory that it takes, so that small messages count, too.
/// </param>
internal sealed class SessionLog(long last = 0, int overheadBytes = 128)
{
    /// <summary>A ring buffer.</summary>
    private Entry[] _entries = [];

    private int _head;

    /// <summary>The bytes of all messages ever appended.</summary>
    private long _end;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>The offset of the last message that was appended; 0 before the first.</summary>
    public long Last { get; private set; } = last;

    /// <summary>The offset of the oldest message; of the next one when the log is empty.</summary>
    public long First => Last - Count + 1;

    /// <summary>The entry of a message in the log.</summary>
    public ref readonly Entry this[long offset] => ref _entries[(_head + (int)(offset - First)) % _entries.Length];

    public int BytesOf(Ws.Send message) => message.Payload.Length + overheadBytes;

    /// <param name="message">The message.</param>
    /// <param name="sender">The receiver of its ack.</param>
    /// <param name="now">The start of its age.</param>
    public void Append(Ws.Send message, IActorRef? sender, TimeSpan now)
    {
        if (Count == _entries.Length)
        {
            Grow();
        }

        var bytes = BytesOf(message);
        (_end, Bytes, Last) = (_end + bytes, Bytes + bytes, Last + 1);
        _entries[(_head + Count++) % _entries.Length] = new Entry(message, sender, now, _end);
    }

    /// <summary>The end of a message, in bytes since the start of the log; for a removed one, the start of the oldest.</summary>
    public long EndOf(long offset) => offset < First ? _end - Bytes : this[offset].End;

    /// <summary>Removes the oldest.</summary>
    public Entry RemoveFirst()
    {
        var entry = _entries[_head];
        _entries[_head] = default;
        _head = (_head + 1) % _entries.Length;
        Bytes -= BytesOf(entry.Message);
        if (--Count == 0)
        {
            // The log of an idle session holds no array.
            (_entries, _head) = ([], 0);
        }

        return entry;
    }

    private void Grow()
    {
        var larger = new Entry[Math.Max(4, _entries.Length * 2)];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = _entries[(_head + i) % _entries.Length];
        }

        (_entries, _head) = (larger, 0);
    }

    /// <param name="Message">The message.</param>
    /// <param name="Sender">The receiver of its ack; null for none.</param>
    /// <param name="At">The time when it was appended.</param>
    /// <param name="End">Its end, in bytes since the start of the log.</param>
    internal readonly record struct Entry(Ws.Send Message, IActorRef? Sender, TimeSpan At, long End);
}
