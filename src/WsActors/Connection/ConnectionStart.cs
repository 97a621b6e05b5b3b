using System.Net;
using Akka.Actor;
using WsActors.Handlers;
using WsActors.Protocol;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>The start of a connection: the differences between its kinds: accepted, dialed, hosted.</summary>
/// <param name="EndpointContext">The context of its endpoint.</param>
internal abstract record ConnectionStart(EndpointContext EndpointContext)
{
    /// <summary>The end of the connection: server or client.</summary>
    public abstract Role Role { get; }

    /// <summary>The reference that handlers and senders know as the connection.</summary>
    public virtual IActorRef PublicRefOf(IActorRef connection) => connection;

    /// <summary>The context of a handler that outlives the connection; null without one.</summary>
    public virtual HandlerContext? HandlerContext => null;

    /// <summary>Whether the connection runs in the run queue of the thread that sends it a message, if that thread has one.</summary>
    public abstract bool UsesRunQueue { get; }

    /// <summary>Starts the opening handshake.</summary>
    public abstract void Start(ConnectionActor connection);

    /// <summary>The WebSocket has ended.</summary>
    public virtual void OnEnded(CloseOutcome outcome)
    {
    }

    /// <summary>A connection whose socket a listener accepted.</summary>
    /// <param name="Listening">The endpoint that accepted it.</param>
    /// <param name="Source">The byte source.</param>
    /// <param name="Remote">The other end of the socket.</param>
    /// <param name="Refusal">The reason to refuse it regardless of its request; null when it is not refused.</param>
    internal sealed record Accepted(ServerEndpointContext Listening, IActorRef Source, EndPoint Remote, string? Refusal)
        : ConnectionStart(Listening)
    {
        public override Role Role => Role.Server;

        /// <summary>The <c>EndpointContext</c> by its own type; it takes no second field.</summary>
        public ServerEndpointContext Listening => (ServerEndpointContext)EndpointContext;

        public override bool UsesRunQueue => ByteSource.IsSynchronousSource(Source);

        public override void Start(ConnectionActor connection)
        {
            connection.AttachSource(Source, Listening.Tls);
            new ServerOpeningHandshake(connection, Listening, Remote).Start(Refusal);
        }
    }

    /// <summary>A connection whose request another HTTP server has parsed.</summary>
    internal sealed record Hosted : ConnectionStart
    {
        private readonly string? _refusal;

        /// <summary>The request; null once the handshake has started: it would keep 0.2 KB until the connection's end.</summary>
        private RequestArrived? _arrived;

        /// <param name="arrived">The request.</param>
        /// <param name="refusal">The reason to refuse it regardless of its request; null when it is not refused.</param>
        public Hosted(RequestArrived arrived, string? refusal)
            : base(arrived.Endpoint) => (_arrived, _refusal) = (arrived, refusal);

        public override Role Role => Role.Server;

        public override bool UsesRunQueue => true;

        public override void Start(ConnectionActor connection)
        {
            var arrived = _arrived!; // not null: a connection starts once
            _arrived = null;
            new HostedOpeningHandshake(connection, arrived).Start(_refusal);
        }
    }
}
