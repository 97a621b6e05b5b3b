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
    public List<Frame> RemoveSuperseded()
    {
        var removed = new List<Frame>();
        for (LinkedListNode<Frame>? node = _frames.First, next; node is not null; node = next)
        {
            next = node.Next;
            if (node.Value.Key is { } key && _latest![key] != node)
            {
                removed.Add(node.Value);
                Remove(node);
            }
        }

        return removed;
    }

    /// <summary>Removes all.</summary>
    public List<Frame> Clear()
    {
        List<Frame> removed = [.. _frames];
        _frames.Clear();
        _latest = null;
        (Bytes, SupersededBytes) = (0, 0);
        return removed;
    }

    private void Remove(LinkedListNode<Frame> node)
    {
        var frame = node.Value;
        Bytes -= frame.Size(role);
        if (frame.Key is { } key)
        {
            if (_latest![key] == node)
            {
                _latest.Remove(key);
            }
            else
            {
                SupersededBytes -= frame.Size(role);
            }
        }

        _frames.Remove(node);
    }

    private bool TryFindLatest(string key, [NotNullWhen(true)] out LinkedListNode<Frame>? latest)
    {
        latest = null;
        return _latest?.TryGetValue(key, out latest) is true;
    }
}
