namespace WsActors.Transport.Sockets;

/// <summary>
/// What is known of a socket, and what is waited for. Knowledge is only a reason to look, so it does no harm when it is late, or of the descriptor's
/// former socket. The kernel tells each change once, so knowledge is cleared just before the look, never after it. Any thread, without a lock; one
/// thread reads at a time, and one writes.
/// </summary>
internal struct SocketReadiness
{
    [Flags]
    internal enum State
    {
        None = 0,

        /// <summary>There may be something to read.</summary>
        Readable = 1,

        /// <summary>There may be more behind a read that does not fill its buffer, such as the end.</summary>
        ReadableOn = 2,

        /// <summary>There may be room to write.</summary>
        Writable = 4,

        /// <summary>The reader waits for a call.</summary>
        ReadWaits = 8,

        /// <summary>The writer waits for a call.</summary>
        WriteWaits = 16,

        /// <summary>Somebody is about to make the calls that are due.</summary>
        IsDue = 32,
    }

    private State _state;

    /// <returns>Whether a call is due: then <see cref="TakeDue"/> has to be called, on any thread.</returns>
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

    /// <returns>The calls to make.</returns>
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

    /// <summary>Whether to read. If not, the reader waits from now on.</summary>
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

    /// <summary>A read begins.</summary>
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

    /// <summary>Whether to try a write again that found no room. If not, the writer waits from now on.</summary>
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
