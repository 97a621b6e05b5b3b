namespace WsActors.Transport.Polling;

/// <summary>
/// The state of a socket's two directions in one atomic word: is it known to be ready, does its reader or writer wait. Any thread changes
/// it, without a lock; at most one thread reads at a time, and at most one writes. The states and their rules are in
/// docs/design/polling.md.
/// <para>
/// Readiness is a reason to try, so a stale event, or one of the descriptor's former socket, does no harm. The kernel reports each change
/// once: readiness is cleared just before the system call that uses it, never after it.
/// </para>
/// </summary>
internal struct SocketReadiness
{
    [Flags]
    internal enum State
    {
        None = 0,

        /// <summary>A read may find something. Excludes <see cref="ReadWaits"/>.</summary>
        Readable = 1,

        /// <summary>More may follow a read that does not fill its buffer, such as the end.</summary>
        ReadableOn = 2,

        /// <summary>A write may find room. Excludes <see cref="WriteWaits"/>.</summary>
        Writable = 4,

        /// <summary>The reader waits for a callback.</summary>
        ReadWaits = 8,

        /// <summary>The writer waits for a callback.</summary>
        WriteWaits = 16,
    }

    /// <summary>A <see cref="State"/>.</summary>
    private int _state;

    /// <summary>Adds readiness, and ends the waits for it.</summary>
    /// <returns>The waits that it ended: the caller makes their callbacks, and nobody else does.</returns>
    public State Add(State readiness)
    {
        while (true)
        {
            var before = Read();
            var after = before | readiness;
            var ended = ((after & State.Readable) != 0 ? after & State.ReadWaits : 0)
                | ((after & State.Writable) != 0 ? after & State.WriteWaits : 0);
            if (TryReplace(before, after & ~ended))
            {
                return ended;
            }
        }
    }

    /// <summary>Whether to try a read. If not, the reader waits from now on.</summary>
    public bool IsReadable()
    {
        while (true)
        {
            var before = Read();
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

    /// <summary>
    /// Forgets the readiness to read, and waits. Then the kernel is asked for the present state, and its report ends the wait.
    /// </summary>
    public void AwaitReadable()
    {
        while (true)
        {
            var before = Read();
            if (TryReplace(before, (before & ~(State.Readable | State.ReadableOn)) | State.ReadWaits))
            {
                return;
            }
        }
    }

    /// <summary>Clears the readiness to read, just before a read.</summary>
    /// <returns>The readiness it had.</returns>
    public State BeginReading()
    {
        while (true)
        {
            var before = Read();
            if (TryReplace(before, before & ~(State.Readable | State.ReadableOn)))
            {
                return before & (State.Readable | State.ReadableOn);
            }
        }
    }

    /// <summary>Whether to retry a write that found no room. If not, the writer waits from now on.</summary>
    public bool IsWritable()
    {
        while (true)
        {
            var before = Read();
            var isWritable = (before & State.Writable) != 0;
            if (TryReplace(before, isWritable ? before & ~State.Writable : before | State.WriteWaits))
            {
                return isWritable;
            }
        }
    }

    private State Read() => (State)Volatile.Read(ref _state);

    private bool TryReplace(State before, State after) => Interlocked.CompareExchange(ref _state, (int)after, (int)before) == (int)before;
}
