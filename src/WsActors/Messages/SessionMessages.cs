using System.Security.Claims;
using Akka.Actor;
using WsActors.Protocol.Messages;

namespace WsActors.Messages;

/// <summary>The messages between sessions, the links of their clients' connections, session homes and session stores.</summary>
internal static class SessionMessages
{
    /// <summary>A message to a session, addressed by its id, on any node.</summary>
    internal interface IAddressed : Ws.IOperation
    {
        string Id { get; }
    }

    // From a link to a session, by id. Answered with Confirm; and when that is confirmed, with Serving, Unknown or Refused.

    /// <summary>
    /// A request for a session. It may arrive late, after its client has reconnected over another connection: a link that has stopped
    /// waiting must not start a session or take one over.
    /// </summary>
    internal interface IAttachRequest : IAddressed
    {
        /// <summary>Whether the link has confirmed that it still waits.</summary>
        bool IsConfirmed { get; }

        /// <summary>The same request, confirmed.</summary>
        IAttachRequest Confirmed();
    }

    /// <summary>Starts a session with a new, unique id.</summary>
    /// <param name="Id">The new session's id.</param>
    /// <param name="Secret">The secret that its client will present.</param>
    /// <param name="IsLost">Whether the client asked for another session, which is lost.</param>
    /// <param name="Connection">The connection that starts it.</param>
    /// <param name="Endpoint">The endpoint that accepted the connection.</param>
    /// <param name="Opened">The handler's first message.</param>
    public sealed record Start(string Id, byte[] Secret, bool IsLost, IActorRef Connection, string Endpoint, Ws.Opened Opened)
        : IAttachRequest
    {
        public bool IsConfirmed { get; init; }

        public IAttachRequest Confirmed() => this with { IsConfirmed = true };

        /// <summary>Without the secret.</summary>
        public override string ToString() => $"{nameof(Start)} {{ {Id} }}";
    }

    /// <summary>Resumes a session.</summary>
    /// <param name="Id">The session's id.</param>
    /// <param name="Secret">The secret that the client presents.</param>
    /// <param name="Epoch">The numbering that the client knows.</param>
    /// <param name="Offset">The last message that the client has.</param>
    /// <param name="Connection">The client's current connection.</param>
    public sealed record Resume(string Id, byte[] Secret, string Epoch, long Offset, IActorRef Connection) : IAttachRequest
    {
        /// <summary>
        /// The connection's entry point. Null where it is unknown, as from a node of an earlier version: then nothing is resumed.
        /// </summary>
        public EntryPoint? By { get; init; }

        /// <summary>Whether the client has lost what it was shown.</summary>
        public bool IsReloaded { get; init; }

        public bool IsConfirmed { get; init; }

        public IAttachRequest Confirmed() => this with { IsConfirmed = true };

        /// <summary>Without the secret.</summary>
        public override string ToString() => $"{nameof(Resume)} {{ {Id} }}";
    }

    /// <summary>The entry point of a connection. A session is bound to all of it but the items.</summary>
    /// <param name="Endpoint">The endpoint's name.</param>
    /// <param name="Route">The route's template.</param>
    /// <param name="Subprotocol">The application's subprotocol; null for none.</param>
    /// <param name="Principal">The guard's principal; null for an anonymous client.</param>
    /// <param name="Items">The guard's items.</param>
    public sealed record EntryPoint(
        string Endpoint, string Route, string? Subprotocol, ClaimsPrincipal? Principal, IReadOnlyDictionary<string, string> Items)
    {
        /// <summary>Endpoint and route, without the user.</summary>
        public override string ToString() => $"{nameof(EntryPoint)} {{ {Endpoint}, {Route} }}";
    }

    /// <summary>Activates a moved session on the receiving node before its client returns. Not answered.</summary>
    /// <param name="Id">The session's id.</param>
    public sealed record Activate(string Id) : IAddressed;

    // From a session to a link.

    /// <summary>Asks whether the link still waits for the session. If so, the link sends its request again, confirmed.</summary>
    public sealed record Confirm(string Id) : Ws.IOperation;

    /// <summary>The connection is attached to the session, and the client was sent its welcome.</summary>
    /// <param name="Connection">The attached connection.</param>
    /// <param name="Session">The receiver of the client's messages.</param>
    /// <param name="Offset">The last message of the client that the session has.</param>
    public sealed record Welcomed(IActorRef Connection, IActorRef Session, long Offset) : Ws.IOperation;

    /// <summary>There is no such session for this client: the link starts a new one.</summary>
    public sealed record Unknown(string Id) : Ws.IOperation;

    /// <summary>The session is not available now.</summary>
    /// <param name="Id">The session's id.</param>
    /// <param name="Reason">The reason, for the client.</param>
    public sealed record Refused(string Id, string Reason) : Ws.IOperation;

    /// <summary>The session's handler has handled the client's messages up to this one. Also the answer to <see cref="Probe"/>.</summary>
    public sealed record Handled(long Offset) : Ws.IOperation;

    // From a link to its session. Messages of a connection that is not attached any more are discarded.

    /// <summary>A message of the client.</summary>
    /// <param name="Connection">The connection that received it.</param>
    /// <param name="Offset">Its offset.</param>
    /// <param name="Kind">Text or binary.</param>
    /// <param name="Payload">Its bytes.</param>
    public sealed record MessageReceived(IActorRef Connection, long Offset, MessageKind Kind, ReadOnlyMemory<byte> Payload) : Ws.IOperation
    {
        /// <summary>The size, without the payload.</summary>
        public override string ToString() => $"{nameof(MessageReceived)} {{ {Offset}, {Payload.Length} bytes }}";
    }

    /// <summary>The client has acknowledged the session's messages up to this one.</summary>
    /// <param name="Connection">The connection that received the ack.</param>
    /// <param name="Offset">The last acknowledged message.</param>
    public sealed record Acknowledged(IActorRef Connection, long Offset) : Ws.IOperation;

    /// <summary>The connection has closed.</summary>
    /// <param name="Connection">The closed connection.</param>
    /// <param name="Closed">The way it closed.</param>
    public sealed record ConnectionClosed(IActorRef Connection, Ws.Closed Closed) : Ws.IOperation;

    /// <summary>The authentication of the connection expires soon.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="ExpiresAt">The time at which it is closed.</param>
    public sealed record Expiring(IActorRef Connection, DateTimeOffset ExpiresAt) : Ws.IOperation;

    /// <summary>Asks whether the session is reachable and has received all messages up to an offset.</summary>
    /// <param name="Connection">The connection of the asking link.</param>
    /// <param name="Offset">The last message that the link forwarded.</param>
    public sealed record Probe(IActorRef Connection, long Offset) : Ws.IOperation;

    // On one node.

    /// <summary>Ends a session that does not count in the quota any more: it is evicted, or its node shuts down.</summary>
    /// <param name="Close">Code and reason, for its client and its handler.</param>
    public sealed record End(Ws.Close Close) : INoSerializationVerificationNeeded;

    /// <summary>Tells a session to trim its log: see <c>SharedLogQuota</c>.</summary>
    public sealed record TrimLog : INoSerializationVerificationNeeded
    {
        private TrimLog()
        {
        }

        public static TrimLog Instance { get; } = new();
    }

    /// <summary>Stops a session so that it can continue on another node. Its state is stored first.</summary>
    public sealed record HandOver : INoSerializationVerificationNeeded
    {
        private HandOver()
        {
        }

        public static HandOver Instance { get; } = new();
    }

    /// <summary>Sets the cluster's home of sessions: from now on new sessions start there.</summary>
    /// <param name="Home">The receiver of all messages that are addressed to a session.</param>
    public sealed record MoveTo(IActorRef Home) : INoSerializationVerificationNeeded;

    /// <summary>Ends all sessions that are local to this node. Answered with <see cref="Akka.Done"/>.</summary>
    public sealed record EndAll : INoSerializationVerificationNeeded
    {
        private EndAll()
        {
        }

        public static EndAll Instance { get; } = new();
    }
}
