using Akka.Actor;

namespace WsActors.Cluster;

/// <summary>
/// The unacknowledged window towards the other nodes: what they were told of this node's topics, and the last mark that each has told back. A
/// node that is further behind than the window holds up the next message, until it tells a mark back or was silent for two ticks. A node
/// that never told one back, such as one of an older version, holds up nothing. Pure; owned by the relay.
/// </summary>
internal sealed class RelayWindow
{
    /// <summary>Most bytes that a node is behind; one larger message goes alone.</summary>
    public const long MaxBytes = 1024 * 1024;

    private const long BytesBetweenMarks = MaxBytes / 8;

    private readonly Dictionary<Address, Node> _nodes = [];

    private long _told;

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

    /// <summary>Whether something follows the last mark.</summary>
    public bool HasUnmarked => _told > _marked;

    /// <param name="bytes">Of what is told now.</param>
    /// <returns>Whether a mark is due behind it.</returns>
    public bool Tell(long bytes)
    {
        _told += bytes;
        return _told - _marked >= BytesBetweenMarks;
    }

    public long Mark() => _marked = _told;

    /// <summary>A node has told a mark back: it has taken what was told before that.</summary>
    public void OnAcknowledged(Address address, long mark)
    {
        var node = _nodes.TryGetValue(address, out var known) ? known : _nodes[address] = new Node();
        node.Taken = Math.Clamp(mark, node.Taken, _told);
        node.IsHeard = true;
        node.IsSilent &= IsBehind(node);
    }

    /// <summary>A node is gone, or cannot be reached.</summary>
    public void Remove(Address node) => _nodes.Remove(node);

    /// <summary>Time passes: a node that is behind, and was not heard since the last tick, holds up nobody any more.</summary>
    public void Tick()
    {
        foreach (var node in _nodes.Values)
        {
            var isBehind = IsBehind(node);
            node.IsSilent |= isBehind && node.WasBehind && !node.IsHeard;
            (node.WasBehind, node.IsHeard) = (isBehind, false);
        }
    }

    private bool IsBehind(Node node) => _told - node.Taken > MaxBytes;

    private sealed class Node
    {
        /// <summary>The last mark that it told back.</summary>
        public long Taken { get; set; }

        public bool IsSilent { get; set; }

        /// <summary>At the last tick.</summary>
        public bool WasBehind { get; set; }

        /// <summary>Since the last tick.</summary>
        public bool IsHeard { get; set; }
    }
}
