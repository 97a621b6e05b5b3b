using Akka.Actor;

namespace WsActors.Topics;

/// <summary>
/// The unacknowledged window of the other nodes: the bytes that were sent to them, and the last mark that each has acknowledged. A node
/// that is further behind than the window delays the next message, until it acknowledges a mark or was silent for two ticks. A node that
/// has never acknowledged a mark, such as one of an older version, delays nothing. Pure; owned by the relay.
/// </summary>
internal sealed class RelayWindow
{
    /// <summary>The largest number of bytes that a node may be behind; a larger message goes alone.</summary>
    public const long MaxBytes = 1024 * 1024;

    private const long BytesBetweenMarks = MaxBytes / 8;

    private readonly Dictionary<Address, Node> _nodes = [];

    /// <summary>The bytes sent so far.</summary>
    private long _sent;

    /// <summary>The value of <see cref="_sent"/> at the last mark.</summary>
    private long _marked;

    public bool IsFull
    {
        get
        {
            foreach (var node in _nodes.Values)
            {
                if (!node.IsSilent && IsBehind(node))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether a message was sent after the last mark.</summary>
    public bool HasUnmarked => _sent > _marked;

    /// <summary>Counts a message that is sent.</summary>
    /// <param name="bytes">The size of the message.</param>
    /// <returns>Whether a mark is due behind it.</returns>
    public bool Tell(long bytes)
    {
        _sent += bytes;
        return _sent - _marked >= BytesBetweenMarks;
    }

    public long Mark() => _marked = _sent;

    /// <summary>A node has acknowledged a mark: its members have taken the messages before it.</summary>
    public void OnAcknowledged(Address address, long mark)
    {
        var node = _nodes.TryGetValue(address, out var known) ? known : _nodes[address] = new Node();
        node.Taken = Math.Clamp(mark, node.Taken, _sent);
        node.IsHeard = true;
        node.IsSilent &= IsBehind(node);
    }

    /// <summary>Removes a node that has left or is unreachable.</summary>
    public void Remove(Address node) => _nodes.Remove(node);

    /// <summary>
    /// One interval has passed: a node that was behind for all of it without an acknowledgement delays nothing from now on.
    /// </summary>
    public void Tick()
    {
        foreach (var node in _nodes.Values)
        {
            var isBehind = IsBehind(node);
            node.IsSilent |= isBehind && node.WasBehind && !node.IsHeard;
            (node.WasBehind, node.IsHeard) = (isBehind, false);
        }
    }

    private bool IsBehind(Node node) => _sent - node.Taken > MaxBytes;

    private sealed class Node
    {
        /// <summary>The last mark that the node acknowledged.</summary>
        public long Taken { get; set; }

        /// <summary>Whether the node delays nothing, because it was behind and silent.</summary>
        public bool IsSilent { get; set; }

        /// <summary>Whether the node was behind at the last tick.</summary>
        public bool WasBehind { get; set; }

        /// <summary>Whether the node has acknowledged a mark since the last tick.</summary>
        public bool IsHeard { get; set; }
    }
}
