using System.Globalization;
using Akka.Actor;

namespace WsActors.Runtime;

/// <summary>Resolves the text of a reference.</summary>
internal static class ActorRefResolver
{
    /// <summary>
    /// The actor that a text names. Without remoting Akka.NET ignores the incarnation in the text: the old name of a connection, such as
    /// <c>$d#7</c>, named another client's after a restart of its node. Here an incarnation that is not the actor's names no actor.
    /// </summary>
    public static IActorRef Resolve(ExtendedActorSystem system, string text)
    {
        var actor = system.Provider.ResolveActorRef(text);
        return IncarnationOf(text) is var incarnation && (incarnation == ActorCell.UndefinedUid || incarnation == actor.Path.Uid)
            ? actor
            : new EmptyLocalActorRef(system.Provider, actor.Path.WithUid(incarnation), system.EventStream);
    }

    private static long IncarnationOf(string text) =>
        text.LastIndexOf('#') is var at and >= 0
            && long.TryParse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var incarnation)
                ? incarnation
                : ActorCell.UndefinedUid;
}
