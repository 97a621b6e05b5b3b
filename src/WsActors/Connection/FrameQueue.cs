using System.Diagnostics.CodeAnalysis;
using WsActors.Protocol;

namespace WsActors.Connection;

/// <summary>
/// Frames that wait, in order, chained by themselves. Of each key it knows the latest message, which a later one may replace; those before it
/// are superseded. Part of an <see cref="Outbox"/>.
/// </summary>
internal sealed class FrameQueue(Role role)
{
    private Frame? _first;

    private Frame? _last;

    /// <summary>Of each key that waits, the latest message; null until a key is used.</summary>
    private Dictionary<string, Frame>? _latest;

    public int Count { get; private set; }

    /// <summary>How many of them are messages, or the end of one.</summary>
    public int Messages { get; private set; }

    /// <summary>Bytes of all, headers included.</summary>
    public long Bytes { get; private set; }

    /// <summary>Of these, those of messages that wait before a later one of their key.</summary>
    public long SupersededBytes { get; private set; }

    public bool TryPeek([NotNullWhen(true)] out Frame? first)
    {
        first = _first;
        return first is not null;
    }

    public void Add(Frame frame)
    {
        Link(_last, frame);
        Link(frame, null);
        Count++;
        Bytes += frame.Size(role);
        Messages += frame.Message is null ? 0 : 1;
        if (frame.Key is { } key)
        {
            SupersededBytes += TryFindLatest(key, out var earlier) ? earlier.Size(role) : 0;
            (_latest ??= [])[key] = frame;
        }
    }

    public void RemoveFirst() => Remove(_first!);

    /// <summary>The size of the latest message of a key; 0 when none waits.</summary>
    public int SizeOfLatest(string key) => TryFindLatest(key, out var latest) ? latest.Size(role) : 0;

    /// <summary>Puts a message where the latest of its key waits.</summary>
    /// <param name="frame">The message; its number becomes that of what it replaces, as the order of numbers is that of the queue.</param>
    /// <param name="replaced">What waited there.</param>
    /// <returns>False when none of its key waits.</returns>
    public bool TryReplace(Frame frame, [NotNullWhen(true)] out Frame? replaced)
    {
        if (!TryFindLatest(frame.Key!, out replaced))
        {
            return false;
        }

        frame.Number = replaced.Number;
        var (previous, next) = (replaced.Previous, replaced.Next);
        Link(previous, frame);
        Link(frame, next);
        (replaced.Previous, replaced.Next) = (null, null);
        _latest![frame.Key!] = frame; // not null: there was one of its key
        Bytes += frame.Size(role) - replaced.Size(role);
        return true;
    }

    /// <summary>Removes all messages that wait before a later one of their key.</summary>
    public List<Frame> RemoveSuperseded() => RemoveAll(frame => frame.Key is { } key && _latest![key] != frame);

    /// <summary>Removes what is no message.</summary>
    public List<Frame> RemoveControls() => RemoveAll(static frame => frame.Message is null);

    /// <summary>Removes the streamed messages whose turn has not come.</summary>
    public List<Frame> RemoveStreams() => RemoveAll(static frame => frame.IsStream);

    /// <summary>Removes parts of a streamed message.</summary>
    public void RemoveFragments() => RemoveAll(static frame => frame.Stream is not null);

    /// <summary>Removes all.</summary>
    public List<Frame> Clear() => RemoveAll(static _ => true);

    private List<Frame> RemoveAll(Predicate<Frame> which)
    {
        var removed = new List<Frame>();
        for (Frame? frame = _first, next; frame is not null; frame = next)
        {
            next = frame.Next;
            if (which(frame))
            {
                removed.Add(frame);
                Remove(frame);
            }
        }

        return removed;
    }

    private void Remove(Frame frame)
    {
        Count--;
        Bytes -= frame.Size(role);
        Messages -= frame.Message is null ? 0 : 1;
        if (frame.Key is { } key)
        {
            if (_latest![key] == frame)
            {
                ForgetLatest(key, frame);
            }
            else
            {
                SupersededBytes -= frame.Size(role);
            }
        }

        Link(frame.Previous, frame.Next);
        (frame.Previous, frame.Next) = (null, null);
    }

    /// <summary>The latest message of a key goes; the one before it is the latest then.</summary>
    private void ForgetLatest(string key, Frame latest)
    {
        var earlier = latest.Previous;
        while (earlier is not null && earlier.Key != key)
        {
            earlier = earlier.Previous;
        }

        if (earlier is null)
        {
            _latest!.Remove(key);
        }
        else
        {
            _latest![key] = earlier;
            SupersededBytes -= earlier.Size(role);
        }
    }

    private bool TryFindLatest(string key, [NotNullWhen(true)] out Frame? latest)
    {
        latest = null;
        return _latest is not null && _latest.TryGetValue(key, out latest);
    }

    /// <summary>From now on they follow each other; null stands for the end on its side.</summary>
    private void Link(Frame? earlier, Frame? later)
    {
        if (earlier is null)
        {
            _first = later;
        }
        else
        {
            earlier.Next = later;
        }

        if (later is null)
        {
            _last = earlier;
        }
        else
        {
            later.Previous = earlier;
        }
    }
}
