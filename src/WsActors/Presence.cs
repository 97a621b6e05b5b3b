using System.Text.Json.Serialization;
using Akka.Actor;
using WsActors.Serialization;

namespace WsActors;

/// <summary>
/// The conversation about who is in a topic: those who joined with <see cref="Ws.Join.PresenceData"/>. Told to
/// <see cref="WebSocketExtension.Presence"/>; in a cluster, of any node: it is about all of them, and they agree within seconds of a
/// change.
/// </summary>
public static class Presence
{
    /// <summary>All messages of this conversation.</summary>
    internal interface IMessage : IEmbedded;

    private static string Named(string? topic) => topic ?? throw new ArgumentNullException(nameof(topic), "A topic has a name.");

    /// <summary>Asks who is there. Answered with <see cref="MemberList"/>.</summary>
    /// <param name="Topic">The topic's name, exactly.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ListMembers(string Topic) : IMessage
    {
        /// <summary>The name.</summary>
        public string Topic { get; init => field = Named(value); } = Named(Topic);
    }

    /// <summary>
    /// Asks who is there, and to be told of changes: answered with <see cref="MemberList"/>, then with <see cref="Joined"/>,
    /// <see cref="Changed"/> and
    /// <see cref="Left"/>, until <see cref="Unwatch"/> or the asker's end.
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
    /// <param name="Connection">The connection, wherever it is.</param>
    /// <param name="User">Who it is, as <see cref="Ws.Opened.User"/> says; null for nobody in particular.</param>
    /// <param name="Data">What it joined with.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Member(IActorRef Connection, string? User, IReadOnlyDictionary<string, string> Data) : IMessage
    {
        /// <summary>The connection without its user: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Member)} {{ {Connection.Path.Name} }}";
    }

    /// <summary>The members.</summary>
    /// <param name="Topic">As it was asked for.</param>
    /// <param name="Members">Everyone, in no order; a user once a connection.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record MemberList(string Topic, IReadOnlyList<Member> Members) : IMessage
    {
        /// <summary>The number of connections.</summary>
        public int Connections => Members.Count;

        /// <summary>The number of users; each connection without one counts as one.</summary>
        public int Users =>
            Members.Count(static member => member.User is null) + Members.Select(static member => member.User).OfType<string>().Distinct(StringComparer.Ordinal).Count();

        /// <summary>The counts without the users.</summary>
        public override string ToString() => $"{nameof(MemberList)} {{ {Connections} }}";
    }

    /// <summary>Someone came.</summary>
    /// <param name="Topic">The topic.</param>
    /// <param name="Member">Who.</param>
    /// <param name="IsFirst">Whether the user had no other connection there.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Joined(string Topic, Member Member, bool IsFirst) : IMessage
    {
        /// <summary>Without the topic, which a client may have named.</summary>
        public override string ToString() => $"{nameof(Joined)} {{ {Member} }}";
    }

    /// <summary>Someone shows something else than before.</summary>
    /// <param name="Topic">The topic.</param>
    /// <param name="Member">Who, and what it shows now.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Changed(string Topic, Member Member) : IMessage
    {
        /// <summary>Without the topic.</summary>
        public override string ToString() => $"{nameof(Changed)} {{ {Member} }}";
    }

    /// <summary>Someone left, closed, or was on a node that the cluster removed.</summary>
    /// <param name="Topic">The topic.</param>
    /// <param name="Member">Who, as it was last.</param>
    /// <param name="IsLast">Whether the user has no other connection there.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Left(string Topic, Member Member, bool IsLast) : IMessage
    {
        /// <summary>Without the topic.</summary>
        public override string ToString() => $"{nameof(Left)} {{ {Member} }}";
    }
}
