using System.Text.Json.Serialization;
using Akka.Actor;
using WsActors.Serialization;

namespace WsActors;

/// <summary>
/// The messages about the members of a topic that joined with <see cref="Ws.Join.PresenceData"/>. Sent to
/// <see cref="WebSocketExtension.Presence"/>. In a cluster any node answers for all nodes; nodes agree within seconds of a change.
/// </summary>
public static class Presence
{
    /// <summary>A message of presence.</summary>
    internal interface IMessage : IEmbedded;

    private static string Named(string? topic) => topic ?? throw new ArgumentNullException(nameof(topic), "A topic has a name.");

    /// <summary>Asks for the members of a topic. Answered with <see cref="MemberList"/>.</summary>
    /// <param name="Topic">The topic's name, exactly.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ListMembers(string Topic) : IMessage
    {
        /// <summary>The name.</summary>
        public string Topic { get; init => field = Named(value); } = Named(Topic);
    }

    /// <summary>
    /// Asks for the members of a topic and their changes. Answered with <see cref="MemberList"/>, then with <see cref="Joined"/>,
    /// <see cref="Changed"/> and <see cref="Left"/>, until <see cref="Unwatch"/> or the end of the watching actor.
    /// </summary>
    /// <param name="Topic">The topic's name, exactly.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Watch(string Topic) : IMessage
    {
        /// <summary>The name.</summary>
        public string Topic { get; init => field = Named(value); } = Named(Topic);
    }

    /// <summary>Ends a <see cref="Watch"/>.</summary>
    /// <param name="Topic">The topic's name, exactly.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Unwatch(string Topic) : IMessage
    {
        /// <summary>The name.</summary>
        public string Topic { get; init => field = Named(value); } = Named(Topic);
    }

    /// <summary>A connection in a topic.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Member : IMessage
    {
        /// <summary>The connection, on any node.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The user, see <see cref="Ws.Opened.User"/>; null without one.</summary>
        public string? User { get; init; }

        /// <summary>The presence data that it joined with.</summary>
        public required IReadOnlyDictionary<string, string> Data { get; init; }

        /// <summary>The connection without its user: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Member)} {{ {Connection.Path.Name} }}";
    }

    /// <summary>The members of a topic.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record MemberList : IMessage
    {
        /// <summary>The topic's name.</summary>
        public required string Topic { get; init; }

        /// <summary>All members, in no order: one entry per connection.</summary>
        public required IReadOnlyList<Member> Members { get; init; }

        /// <summary>The number of connections.</summary>
        public int Connections => Members.Count;

        /// <summary>The number of users; each connection without one counts as one.</summary>
        public int Users
        {
            get
            {
                var users = Members.Select(static member => member.User).ToList();
                return users.Count(static user => user is null) + users.OfType<string>().Distinct(StringComparer.Ordinal).Count();
            }
        }

        /// <summary>The counts without the users.</summary>
        public override string ToString() => $"{nameof(MemberList)} {{ {Connections} }}";
    }

    /// <summary>A member joined.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Joined : IMessage
    {
        /// <summary>The topic.</summary>
        public required string Topic { get; init; }

        /// <summary>The member.</summary>
        public required Member Member { get; init; }

        /// <summary>Whether the user had no other connection there.</summary>
        public required bool IsFirst { get; init; }

        /// <summary>Without the topic, which a client may have named.</summary>
        public override string ToString() => $"{nameof(Joined)} {{ {Member} }}";
    }

    /// <summary>The presence data of a member changed.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Changed : IMessage
    {
        /// <summary>The topic.</summary>
        public required string Topic { get; init; }

        /// <summary>The member with its new presence data.</summary>
        public required Member Member { get; init; }

        /// <summary>Without the topic.</summary>
        public override string ToString() => $"{nameof(Changed)} {{ {Member} }}";
    }

    /// <summary>A member left, closed, or was on a node that the cluster removed.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Left : IMessage
    {
        /// <summary>The topic.</summary>
        public required string Topic { get; init; }

        /// <summary>The member with its last presence data.</summary>
        public required Member Member { get; init; }

        /// <summary>Whether the user has no other connection there.</summary>
        public required bool IsLast { get; init; }

        /// <summary>Without the topic.</summary>
        public override string ToString() => $"{nameof(Left)} {{ {Member} }}";
    }
}
