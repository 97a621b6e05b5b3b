using System.Diagnostics.CodeAnalysis;
using WsActors.Protocol;

namespace WsActors.Connection;

/// <summary>
/// Frames that wait, in order, chained by themselves. Of each key it knows the latest message, which a later one may replace; those before it
/// are superseded. Part of an <see cref="SendQueue"/>.
/// </summary>
internal sealed class FrameQueue(Role role)
{
    private QueuedFrame? _first;

    private QueuedFrame? _last;

    /// <summary>Of each key that waits, the latest message; null until a key is used.</summary>
    private Dictionary<string, QueuedFrame>? _latest;

    public int Count { get; private set; }

    /// <summary>The number of frames that end a message.</summary>
    public int Messages { get; private set; }

    /// <summary>Bytes of all, headers included.</summary>
    public long Bytes { get; private set; }

    /// <summary>Of these, those of messages that wait before a later one of their key.</summary>
    public long SupersededBytes { get; private set; }

    public bool TryPeek([NotNullWhen(true)] out QueuedFrame? first)
    {
        first = _first;
        return first is not null;
    }

    public void Add(QueuedFrame queuedFrame)
    {
        Link(_last, queuedFrame);
        Link(queuedFrame, null);
        Count++;
        Bytes += queuedFrame.Size(role);
        Messages += queuedFrame.Message is null ? 0 : 1;
        if (queuedFrame.Key is { } key)
        {
            SupersededBytes += TryFindLatest(key, out var earlier) ? earlier.Size(role) : 0;
            (_latest ??= [])[key] = queuedFrame;
        }
    }

    public void RemoveFirst() => Remove(_first!);

    /// <summary>The size of the latest message of a key; 0 when none waits.</summary>
    public int SizeOfLatest(string key) => TryFindLatest(key, out var latest) ? latest.Size(role) : 0;

    /// <summary>Puts a message where the latest of its key waits.</summary>
    /// <param name="queuedFrame">The message; its number becomes that of what it replaces, as the order of numbers is that of the queue.</param>
    /// <param name="replaced">What waited there.</param>
    /// <returns>False when none of its key waits.</returns>
    public bool TryReplace(QueuedFrame queuedFrame, [NotNullWhen(true)] out QueuedFrame? replaced)
    {
        if (!TryFindLatest(queuedFrame.Key!, out replaced))
        {
            return false;
        }

        queuedFrame.Number = replaced.Number;
        var (previous, next) = (replaced.Previous, replaced.Next);
        Link(previous, queuedFrame);
        Link(queuedFrame, next);
        (replaced.Previous, replaced.Next) = (null, null);
        _latest![queuedFrame.Key!] = queuedFrame; // not null: there was one of its key
        Bytes += queuedFrame.Size(role) - replaced.Size(role);
        return true;
    }

    /// <summary>Removes all messages that wait before a later one of their key.</summary>
    public List<QueuedFrame> RemoveSuperseded() => RemoveAll(queuedFrame => queuedFrame.Key is { } key && _latest![key] != queuedFrame);

    /// <summary>Removes what is no message.</summary>
    public List<QueuedFrame> RemoveControls() => RemoveAll(static queuedFrame => queuedFrame.Message is null);

    /// <summary>Removes the streamed messages whose turn has not come.</summary>
    public List<QueuedFrame> RemoveStreams() => RemoveAll(static queuedFrame => queuedFrame.IsStream);

    /// <summary>Removes parts of a streamed message.</summary>
    public void RemoveFragments() => RemoveAll(static queuedFrame => queuedFrame.Stream is not null);

    /// <summary>Removes all.</summary>
    public List<QueuedFrame> Clear() => RemoveAll(static _ => true);

    private List<QueuedFrame> RemoveAll(Predicate<QueuedFrame> which)
    {
        var removed = new List<QueuedFrame>();
        for (QueuedFrame? queuedFrame = _first, next; queuedFrame is not null; queuedFrame = next)
        {
            next = queuedFrame.Next;
            if (which(queuedFrame))
            {
                removed.Add(queuedFrame);
                Remove(queuedFrame);
            }
        }

        return removed;
    }

    private void Remove(QueuedFrame queuedFrame)
    {
        Count--;
        Bytes -= queuedFrame.Size(role);
        Messages -= queuedFrame.Message is null ? 0 : 1;
        if (queuedFrame.Key is { } key)
        {
            if (_latest![key] == queuedFrame)
            {
                RemoveLatest(key, queuedFrame);
            }
            else
            {
                SupersededBytes -= queuedFrame.Size(role);
            }
        }

        Link(queuedFrame.Previous, queuedFrame.Next);
        (queuedFrame.Previous, queuedFrame.Next) = (null, null);
    }

    /// <summary>The latest message of a key goes; the one before it is the latest then.</summary>
    private void RemoveLatest(string key, QueuedFrame latest)
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

    private bool TryFindLatest(string key, [NotNullWhen(true)] out QueuedFrame? latest)
    {
        latest = null;
        return _latest is not null && _latest.TryGetValue(key, out latest);
    }

    /// <summary>From now on they follow each other; null stands for the end on its side.</summary>
    private void Link(QueuedFrame? earlier, QueuedFrame? later)
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
