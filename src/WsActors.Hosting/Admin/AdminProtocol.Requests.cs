using System.Text.Json.Serialization;

namespace WsActors.Hosting.Admin;

/// <content>The messages of the page.</content>
internal static partial class AdminProtocol
{
    /// <summary>The columns by which connections can be sorted.</summary>
    public enum ConnectionColumn
    {
        Age,
        User,
        Address,
        Route,
        Queued,
        Backlog,
        RoundTrip,
        Messages,
    }

    /// <summary>The columns by which topics can be sorted.</summary>
    public enum TopicColumn
    {
        Name,
        Members,
    }

    /// <summary>The columns by which sessions can be sorted.</summary>
    public enum SessionColumn
    {
        Id,
        Away,
        Messages,
        Bytes,
    }

    /// <summary>A message of the page.</summary>
    [JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
    [JsonDerivedType(typeof(Authenticate), "token")]
    [JsonDerivedType(typeof(AskOverview), "overview")]
    [JsonDerivedType(typeof(AskConnections), "connections")]
    [JsonDerivedType(typeof(AskReaders), "readers")]
    [JsonDerivedType(typeof(AskHandlers), "handlers")]
    [JsonDerivedType(typeof(AskConnection), "connection")]
    [JsonDerivedType(typeof(AskTopics), "topics")]
    [JsonDerivedType(typeof(AskSessions), "sessions")]
    [JsonDerivedType(typeof(AskCount), "count")]
    [JsonDerivedType(typeof(CloseConnection), "close")]
    [JsonDerivedType(typeof(KickUser), "kick")]
    [JsonDerivedType(typeof(EndSession), "end")]
    [JsonDerivedType(typeof(DrainNode), "drain")]
    [JsonDerivedType(typeof(StartTap), "tap")]
    [JsonDerivedType(typeof(EndTap), "endTap")]
    public abstract record Request;

    /// <summary>The token; the first message of a page that was asked for it.</summary>
    public sealed record Authenticate(string Token) : Request
    {
        /// <summary>Without the token.</summary>
        public override string ToString() => nameof(Authenticate);
    }

    /// <summary>A message that is answered.</summary>
    public abstract record Asked(int Id) : Request;

    /// <summary>A question; the newest of its type replaces the one that waits.</summary>
    public abstract record Question(int Id) : Asked(Id);

    /// <summary>An action; while one runs, another of its type is refused.</summary>
    public abstract record Action(int Id) : Asked(Id);

    public sealed record AskOverview(int Id) : Question(Id);

    /// <param name="Id">Repeated in the answer.</param>
    /// <param name="Search">A part of user, address or route; null for all.</param>
    /// <param name="MinQueued">The least number of queued bytes.</param>
    /// <param name="OrderBy">The column.</param>
    /// <param name="Descending">The direction.</param>
    /// <param name="After">The <c>next</c> of the page before; null for the first.</param>
    public sealed record AskConnections(
        int Id,
        string? Search = null,
        long MinQueued = 0,
        ConnectionColumn OrderBy = ConnectionColumn.Age,
        bool Descending = false,
        string? After = null) : Question(Id);

    /// <summary>The connections with the most bytes queued.</summary>
    public sealed record AskReaders(int Id) : Question(Id);

    /// <summary>The connections whose handlers have the largest backlog.</summary>
    public sealed record AskHandlers(int Id) : Question(Id);

    /// <summary>One connection, by the <c>connection</c> of a row.</summary>
    public sealed record AskConnection(int Id, string Connection) : Question(Id);

    /// <param name="Id">Repeated in the answer.</param>
    /// <param name="Prefix">The beginning of the name.</param>
    /// <param name="OrderBy">The column.</param>
    /// <param name="Descending">The direction.</param>
    /// <param name="After">The <c>next</c> of the page before; null for the first.</param>
    public sealed record AskTopics(
        int Id, string Prefix = "", TopicColumn OrderBy = TopicColumn.Name, bool Descending = false, string? After = null) : Question(Id);

    /// <param name="Id">Repeated in the answer.</param>
    /// <param name="Search">A part of id, user or route; null for all.</param>
    /// <param name="OrderBy">The column.</param>
    /// <param name="Descending">The direction.</param>
    /// <param name="After">The <c>next</c> of the page before; null for the first.</param>
    public sealed record AskSessions(
        int Id,
        string? Search = null,
        SessionColumn OrderBy = SessionColumn.Id,
        bool Descending = false,
        string? After = null) : Question(Id);

    /// <summary>The number of connections of a user, before a kick.</summary>
    public sealed record AskCount(int Id, string User) : Question(Id);

    /// <summary>Closes one connection, by the <c>connection</c> of a row.</summary>
    public sealed record CloseConnection(int Id, string Connection, int Code = 1008, string Reason = "") : Action(Id);

    /// <summary>Closes all connections of a user.</summary>
    public sealed record KickUser(int Id, string User, int Code = 1008, string Reason = "") : Action(Id);

    /// <summary>Ends a session of the last answer to <see cref="AskSessions"/>.</summary>
    public sealed record EndSession(int Id, string Session) : Action(Id);

    /// <summary>Drains a node, by the <c>node</c> of the overview.</summary>
    public sealed record DrainNode(int Id, string Node) : Action(Id);
}
