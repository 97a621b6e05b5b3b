using System.Globalization;
using Akka.Actor;

namespace WsActors.Messages;

/// <summary>
/// A place in the connections of all nodes, which are in the order of the nodes' addresses, and on one node in the order of their arrival.
/// Stays valid when connections and nodes come and go. Immutable.
/// </summary>
/// <param name="Node">The node whose connections come next.</param>
/// <param name="Uid">The incarnation of the node. Each incarnation numbers its connections from the start.</param>
/// <param name="After">The number of the node's last listed connection; 0 before the first.</param>
internal sealed record ClusterCursor(Address Node, int Uid, long After)
{
    private const char Separator = '/';

    /// <returns>Null for a text that is no cursor.</returns>
    public static ClusterCursor? Parse(string text) =>
        text.Split(Separator, 3) is [var after, var uid, var node]
        && long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && int.TryParse(uid, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var incarnation)
        && Address.TryParse(node, out var address)
            ? new ClusterCursor(address, incarnation, number)
            : null;

    /// <summary>The order of nodes: negative when one is before another.</summary>
    public static int Compare(Address one, Address other) => string.CompareOrdinal(one.ToString(), other.ToString());

    /// <summary>The text that callers pass on.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{After}{Separator}{Uid}{Separator}{Node}");
}
