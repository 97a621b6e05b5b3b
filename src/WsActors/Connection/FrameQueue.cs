using System.Diagnostics.CodeAnalysis;
using WsActors.Protocol;

namespace WsActors.Connection;

/// <summary>
/// Waiting frames in order, as an intrusive linked list. Each key has its latest message, which a later one may replace; earlier messages
/// of the key are superseded. Part of a <see cref="SendQueue"/>.
/// </summary>
internal sealed class FrameQueue(Role role)
{
    private QueuedFrame? _first;

    private QueuedFrame? _last;

    /// <summary>The latest waiting message of each key; null until a key is used.</summary>
    private Dictionary<string, QueuedFrame>? _latest;

    public int Count { get; private set; }

    /// <summary>The number of frames that end a message.</summary>
    public int Messages { get; private set; }

    /// <summary>Bytes of all frames, headers included.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of superseded messages, which wait before a later one of their key.</summary>
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

    /// <summary>The size of the latest message of a key; 0 when no message of the key waits.</summary>
    public int SizeOfLatest(string key) => TryFindLatest(key, out var latest) ? latest.Size(role) : 0;

    /// <summary>Replaces the latest message of the same key, in its place.</summary>
    /// <param name="queuedFrame">The message. It takes the number of the message it replaces: numbers are in queue order.</param>
    /// <param name="replaced">The message that was replaced.</param>
    /// <returns>False when no message of the key waits.</returns>
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
        _latest![queuedFrame.Key!] = queuedFrame; // not null: a message of the key was found
        Bytes += queuedFrame.Size(role) - replaced.Size(role);
        return true;
    }

    /// <summary>Removes all superseded messages.</summary>
    public List<QueuedFrame> RemoveSuperseded() =>
        RemoveAll(queuedFrame => queuedFrame.Key is { } key && _latest![key] != queuedFrame);

    /// <summary>Removes all control frames.</summary>
    public List<QueuedFrame> RemoveControls() => RemoveAll(static queuedFrame => queuedFrame.Message is null);

    /// <summary>Removes the streamed messages that have not started.</summary>
    public List<QueuedFrame> RemoveStreams() => RemoveAll(static queuedFrame => queuedFrame.IsStream);

    /// <summary>Removes the fragments of a streamed message.</summary>
    public void RemoveFragments() => RemoveAll(static queuedFrame => queuedFrame.Stream is not null);

    /// <summary>Removes all frames.</summary>
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

    /// <summary>Removes the latest message of a key; the one before it becomes the latest.</summary>
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

    /// <summary>Links two frames; null stands for the end of the queue on its side.</summary>
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
