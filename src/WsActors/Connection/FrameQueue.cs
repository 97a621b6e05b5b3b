using System.Diagnostics.CodeAnalysis;
using WsActors.Protocol;

namespace WsActors.Connection;

/// <summary>
/// Frames that wait, in order. Of each key it knows the latest message, which a later one may replace; those before it are superseded.
/// Part of an <see cref="Outbox"/>.
/// </summary>
internal sealed class FrameQueue(Role role)
{
    private readonly LinkedList<Frame> _frames = [];

    /// <summary>Of each key that waits, the latest message; null until a key is used.</summary>
    private Dictionary<string, LinkedListNode<Frame>>? _latest;

    public int Count => _frames.Count;

    /// <summary>How many of them are messages, or the end of one.</summary>
    public int Messages { get; private set; }

    /// <summary>Bytes of all, headers included.</summary>
    public long Bytes { get; private set; }

    /// <summary>Of these, those of messages that wait before a later one of their key.</summary>
    public long SupersededBytes { get; private set; }

    public bool TryPeek(out Frame first)
    {
        first = _frames.First?.Value ?? default;
        return _frames.Count > 0;
    }

    public void Add(in Frame frame)
    {
        var node = _frames.AddLast(frame);
        Bytes += frame.Size(role);
        Messages += frame.Message is null ? 0 : 1;
        if (frame.Key is { } key)
        {
            SupersededBytes += TryFindLatest(key, out var earlier) ? earlier.Value.Size(role) : 0;
            (_latest ??= [])[key] = node;
        }
    }

    public void RemoveFirst() => Remove(_frames.First!);

    /// <summary>The size of the latest message of a key; 0 when none waits.</summary>
    public int SizeOfLatest(string key) => TryFindLatest(key, out var latest) ? latest.Value.Size(role) : 0;

    /// <summary>Puts a message where the latest of its key waits.</summary>
    /// <param name="frame">The message; its number becomes that of what it replaces, as the order of numbers is that of the queue.</param>
    /// <param name="replaced">What waited there.</param>
    /// <returns>False when none of its key waits.</returns>
    public bool TryReplace(in Frame frame, out Frame replaced)
    {
        replaced = default;
        if (!TryFindLatest(frame.Key!, out var latest))
        {
            return false;
        }

        replaced = latest.Value;
        latest.Value = frame with { Number = replaced.Number };
        Bytes += frame.Size(role) - replaced.Size(role);
        return true;
    }

    /// <summary>Removes all messages that wait before a later one of their key.</summary>
    public List<Frame> RemoveSuperseded() => RemoveAll(node => node.Value.Key is { } key && _latest![key] != node);

    /// <summary>Removes what is no message.</summary>
    public List<Frame> RemoveControls() => RemoveAll(static node => node.Value.Message is null);

    /// <summary>Removes the streamed messages whose turn has not come.</summary>
    public List<Frame> RemoveStreams() => RemoveAll(static node => node.Value.IsStream);

    /// <summary>Removes parts of a streamed message.</summary>
    public void RemoveFragments() => RemoveAll(static node => node.Value.Stream is not null);

    /// <summary>Removes all.</summary>
    public List<Frame> Clear()
    {
        List<Frame> removed = [.. _frames];
        _frames.Clear();
        _latest = null;
        (Messages, Bytes, SupersededBytes) = (0, 0, 0);
        return removed;
    }

    private List<Frame> RemoveAll(Predicate<LinkedListNode<Frame>> which)
    {
        var removed = new List<Frame>();
        for (LinkedListNode<Frame>? node = _frames.First, next; node is not null; node = next)
        {
            next = node.Next;
            if (which(node))
            {
                removed.Add(node.Value);
                Remove(node);
            }
        }

        return removed;
    }

    private void Remove(LinkedListNode<Frame> node)
    {
        var frame = node.Value;
        Bytes -= frame.Size(role);
        Messages -= frame.Message is null ? 0 : 1;
        if (frame.Key is { } key)
        {
            if (_latest![key] == node)
            {
                ForgetLatest(key, node);
            }
            else
            {
                SupersededBytes -= frame.Size(role);
            }
        }

        _frames.Remove(node);
    }

    /// <summary>The latest message of a key goes; the one before it is the latest then.</summary>
    private void ForgetLatest(string key, LinkedListNode<Frame> latest)
    {
        var earlier = latest.Previous;
        while (earlier is not null && earlier.Value.Key != key)
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
            SupersededBytes -= earlier.Value.Size(role);
        }
    }

    private bool TryFindLatest(string key, [NotNullWhen(true)] out LinkedListNode<Frame>? latest)
    {
        latest = null;
        return _latest?.TryGetValue(key, out latest) is true;
    }
}
