using System.Globalization;
using Akka.Actor;
using WsActors.Runtime;

namespace WsActors.Hosting.Admin;

/// <summary>The names of nodes and connections in the messages of the page.</summary>
internal sealed class AdminNames(ActorSystem system)
{
    private readonly ActorSystem _system = system;

    private IActorRefProvider Provider => ((ExtendedActorSystem)_system).Provider;

    /// <summary>This node.</summary>
    public AdminProtocol.Node Self => NodeOf(Provider.DefaultAddress);

    public static AdminProtocol.Node NodeOf(Address node) => new(node.ToString(), NameOf(node));

    /// <summary>A node's name for people: host and port; the system's name without a cluster.</summary>
    public static string NameOf(Address node) => node is { Host: { } host, Port: { } port }
        ? string.Create(CultureInfo.InvariantCulture, $"{host}:{port}")
        : node.System;

    public static IReadOnlyList<string> NamesOf(IEnumerable<Address> nodes) => [.. nodes.Select(NameOf)];

    /// <summary>The name of an actor's node.</summary>
    public string NodeOf(IActorRef actor) =>
        NameOf(actor.Path.Address.HasLocalScope ? Provider.DefaultAddress : actor.Path.Address);

    /// <summary>The text by which a page names a connection.</summary>
    public string TextOf(IActorRef connection) => connection.Path.ToSerializationFormatWithAddress(Provider.DefaultAddress);

    /// <summary>The connection that a text names; null without one. For filters and taps of the manager: it is told nothing here.</summary>
    public IActorRef? ConnectionOf(string text)
    {
        try
        {
            return ActorPath.TryParse(text, out _) ? ActorRefResolver.Resolve((ExtendedActorSystem)_system, text) : null;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null; // TryParse throws for an incarnation that is no number, such as a#x.
        }
    }
}
