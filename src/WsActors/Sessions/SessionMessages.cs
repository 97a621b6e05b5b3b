using System.Security.Claims;
using Akka.Actor;
using WsActors.Protocol.Messages;

namespace WsActors.Sessions;

/// <summary>The conversation between sessions, the links of their clients' connections, and those who find or keep them.</summary>
internal static class SessionMessages
{
    /// <summary>What is told to a session by its id, wherever it is.</summary>
    internal interface IAddressed : Ws.IOperation
    {
        string Id { get; }
    }

    // From a link to a session, by id. Answered with Confirm; and when that is confirmed, with Serving, Unknown or Refused.

    /// <summary>
    /// Asks for a session. It may have been on its way for long, and whoever asked may have given up, and come again by another connection: one
    /// that does not wait any more must not begin a session, nor take one over.
    /// </summary>
    internal interface IAttachRequest : IAddressed
    {
        /// <summary>Whether the link still waits for it.</summary>
        bool IsConfirmed { get; }

        /// <summary>The same, when it does.</summary>
        IAttachRequest Confirmed();
    }

    /// <summary>Begins a session of an id that no other has.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Secret">What its client will prove it by.</param>
    /// <param name="IsLost">Whether the client asked for another, that is lost.</param>
    /// <param name="Connection">The connection that begins it.</param>
    /// <param name="Endpoint">Where that came in.</param>
    /// <param name="Opened">What its handler is told.</param>
    public sealed record Start(string Id, byte[] Secret, bool IsLost, IActorRef Connection, string Endpoint, Ws.Opened Opened) : IAttachRequest
    {
        public bool IsConfirmed { get; init; }

        public IAttachRequest Confirmed() => this with { IsConfirmed = true };

        /// <summary>Without the secret.</summary>
        public override string ToString() => $"{nameof(Start)} {{ {Id} }}";
    }

    /// <summary>Comes back to a session.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Secret">What the client proves it by.</param>
    /// <param name="Epoch">Which numbering it knows.</param>
    /// <param name="Offset">The last message that it has.</param>
    /// <param name="Connection">The connection that it has now.</param>
    public sealed record Resume(string Id, byte[] Secret, string Epoch, long Offset, IActorRef Connection) : IAttachRequest
    {
        /// <summary>
        /// How the connection came in; null where that is unknown, as from a node of an earlier version: it resumes nothing.
        /// </summary>
        public EntryPoint? By { get; init; }

        public bool IsConfirmed { get; init; }

        public IAttachRequest Confirmed() => this with { IsConfirmed = true };

        /// <summary>Without the secret.</summary>
        public override string ToString() => $"{nameof(Resume)} {{ {Id} }}";
    }

    /// <summary>How a connection came in. A session is bound to all but the items.</summary>
    /// <param name="Endpoint">The endpoint's name.</param>
    /// <param name="Route">The route's template.</param>
    /// <param name="Subprotocol">What the application agreed on with the client; null for nothing.</param>
    /// <param name="Principal">Whom the guard named; null for nobody in particular.</param>
    /// <param name="Items">What else the guard had to say.</param>
    public sealed record EntryPoint(
        string Endpoint, string Route, string? Subprotocol, ClaimsPrincipal? Principal, IReadOnlyDictionary<string, string> Items)
    {
        /// <summary>Where, not who.</summary>
        public override string ToString() => $"{nameof(EntryPoint)} {{ {Endpoint}, {Route} }}";
    }

    /// <summary>It has moved, and goes on where this comes to, though nobody asks for it yet. Not answered.</summary>
    /// <param name="Id">The session's.</param>
    public sealed record Activate(string Id) : IAddressed;

    // From a session to a link.

    /// <summary>Asks whether it still waits for that. If so, it is told again, and confirmed.</summary>
    public sealed record Confirm(string Id) : Ws.IOperation;

    /// <summary>The connection is the session's; the client was told welcome.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Session">Whom to tell what comes.</param>
    /// <param name="Offset">The last message of the client that it has.</param>
    public sealed record Welcomed(IActorRef Connection, IActorRef Session, long Offset) : Ws.IOperation;

    /// <summary>There is no such session, or not for this client: begin a new one.</summary>
    public sealed record Unknown(string Id) : Ws.IOperation;

    /// <summary>There cannot be one now.</summary>
    /// <param name="Id">The session's.</param>
    /// <param name="Reason">What the client is told.</param>
    public sealed record Refused(string Id, string Reason) : Ws.IOperation;

    /// <summary>Its handler has dealt with the client's messages up to this one. Answers <see cref="Probe"/>, too.</summary>
    public sealed record Handled(long Offset) : Ws.IOperation;

    // From a link to its session. What comes of a connection that is not the session's any more is discarded.

    /// <summary>A message of the client.</summary>
    /// <param name="Connection">Where it came from.</param>
    /// <param name="Offset">Its number.</param>
    /// <param name="Kind">Text or binary.</param>
    /// <param name="Payload">Its bytes.</param>
    public sealed record MessageReceived(IActorRef Connection, long Offset, MessageKind Kind, ReadOnlyMemory<byte> Payload) : Ws.IOperation
    {
        /// <summary>How much, not what.</summary>
        public override string ToString() => $"{nameof(MessageReceived)} {{ {Offset}, {Payload.Length} bytes }}";
    }

    /// <summary>The client has what it was sent up to this one.</summary>
    /// <param name="Connection">Where it came from.</param>
    /// <param name="Offset">The number.</param>
    public sealed record Acknowledged(IActorRef Connection, long Offset) : Ws.IOperation;

    /// <summary>The connection has ended.</summary>
    /// <param name="Connection">Which.</param>
    /// <param name="Closed">How.</param>
    public sealed record ConnectionClosed(IActorRef Connection, Ws.Closed Closed) : Ws.IOperation;

    /// <summary>Asks whether the session still hears, and has all that it was told.</summary>
    /// <param name="Connection">Whose link asks.</param>
    /// <param name="Offset">The last message that it was told.</param>
    public sealed record Probe(IActorRef Connection, long Offset) : Ws.IOperation;

    // On one node.

    /// <summary>Ends a session.</summary>
    /// <param name="Close">What its client and its handler are told.</param>
    public sealed record End(Ws.Close Close) : INoSerializationVerificationNeeded;

    /// <summary>A session's log has to make room: see <see cref="SharedLogQuota"/>.</summary>
    public sealed record TrimLog : INoSerializationVerificationNeeded
    {
        public static TrimLog Instance { get; } = new();
    }

    /// <summary>Stops a session for its next node, where it goes on. What it has is stored before.</summary>
    public sealed record HandOver : INoSerializationVerificationNeeded
    {
        public static HandOver Instance { get; } = new();
    }

    /// <summary>Sessions live elsewhere from now on: at those whom this one finds.</summary>
    /// <param name="Home">Takes whatever is addressed to a session.</param>
    public sealed record MoveTo(IActorRef Home) : INoSerializationVerificationNeeded;

    /// <summary>Ends all sessions of this node that live nowhere else. Answered with <see cref="Akka.Done"/>.</summary>
    public sealed record EndAll : INoSerializationVerificationNeeded
    {
        public static EndAll Instance { get; } = new();
    }

    // With whoever keeps what a session hands over.

    /// <summary>Keeps it. Answered with <see cref="Stored"/>.</summary>
    /// <param name="Id">Whose it is.</param>
    /// <param name="Moves">How often it has moved.</param>
    /// <param name="State">What it is.</param>
    public sealed record Store(string Id, int Moves, byte[] State) : INoSerializationVerificationNeeded;

    /// <summary>Whether it is kept.</summary>
    public sealed record Stored(bool IsKept) : INoSerializationVerificationNeeded;

    /// <summary>Gives it back, once. Answered with <see cref="Taken"/>.</summary>
    public sealed record Take(string Id) : INoSerializationVerificationNeeded;

    /// <summary>What was kept.</summary>
    /// <param name="State">Null when nothing was, or it cannot be had.</param>
    /// <param name="IsSure">Whether that is the answer for ever; otherwise too few nodes have said anything, and nothing was taken.</param>
    public sealed record Taken(byte[]? State, bool IsSure = true) : INoSerializationVerificationNeeded;
}
