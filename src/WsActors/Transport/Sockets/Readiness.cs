namespace WsActors.Transport.Sockets;

/// <summary>
/// What is known of a socket, and who waits for what. It never means more than that it is time to look: so what is told does no harm if it is late, or
/// meant who had the descriptor before. Each change is told once, so it is forgotten just before one looks, never after that. Any thread,
/// without a lock, though one reads at a time and one writes.
/// </summary>
internal struct Readiness
{
    [Flags]
    internal enum State
    {
        None = 0,

        /// <summary>There may be something to read.</summary>
        Readable = 1,

        /// <summary>And something behind that, which a read that does not fill its room does not deny.</summary>
        ReadableOn = 2,

        /// <summary>There may be room to write.</summary>
        Writable = 4,

        /// <summary>Whoever reads waits for a call.</summary>
        ReadWaits = 8,

        /// <summary>So does what is left to send.</summary>
        WriteWaits = 16,

        /// <summary>The calls that are due are about to be made.</summary>
        IsDue = 32,
    }

    private State _state;

    /// <returns>Whether somebody waits for this: then <see cref="TakeDue"/> is to be called, on whatever thread.</returns>
    public bool Add(State what)
    {
        while (true)
        {
            var before = _state;
            var after = before | what;
            var isNew = (after & State.IsDue) == 0 && DueOf(after) != 0;
            if (TryReplace(before, isNew ? after | State.IsDue : after))
            {
                return isNew;
            }
        }
    }

    /// <returns>Who is to be called.</returns>
    public State TakeDue()
    {
        while (true)
        {
            var before = _state;
            var due = DueOf(before);
            if (TryReplace(before, before & ~(due | State.IsDue)))
            {
                return due;
            }
        }
    }

    /// <summary>Whether one should look; if not, one waits.</summary>
    public bool IsReadable()
    {
        while (true)
        {
            var before = _state;
            if ((before & State.Readable) != 0)
            {
                return true;
            }

            if (TryReplace(before, before | State.ReadWaits))
            {
                return false;
            }
        }
    }

    /// <summary>One looks now.</summary>
    /// <returns>What was known.</returns>
    public State BeginReading()
    {
        while (true)
        {
            var before = _state;
            if (TryReplace(before, before & ~(State.Readable | State.ReadableOn)))
            {
                return before & (State.Readable | State.ReadableOn);
            }
        }
    }

    /// <summary>There was no room: whether there may be again, and one should try; if not, one waits.</summary>
    public bool IsWritable()
    {
        while (true)
        {
            var before = _state;
            var isWritable = (before & State.Writable) != 0;
            if (TryReplace(before, isWritable ? before & ~State.Writable : before | State.WriteWaits))
            {
                return isWritable;
            }
        }
    }

    private static State DueOf(State state) =>
        ((state & State.Readable) != 0 ? state & State.ReadWaits : 0) | ((state & State.Writable) != 0 ? state & State.WriteWaits : 0);

    private bool TryReplace(State before, State after) => Interlocked.CompareExchange(ref _state, after, before) == before;
}
