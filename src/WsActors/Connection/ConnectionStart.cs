using System.Net;
using Akka.Actor;
using WsActors.Handlers;
using WsActors.Protocol;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>The start of a connection: the differences between its two ends. Immutable.</summary>
/// <param name="EndpointContext">What it sees of its surroundings.</param>
internal abstract record ConnectionStart(EndpointContext EndpointContext)
{
    /// <summary>The end of the connection: server or client.</summary>
    public abstract Role Role { get; }

    /// <summary>Whom handlers and senders know as the connection.</summary>
    public virtual IActorRef PublicRefOf(IActorRef connection) => connection;

    /// <summary>The context of a handler that outlives the connection; null without one.</summary>
    public virtual HandlerContext? HandlerContext => null;

    /// <summary>Whether the connection runs at once in the turn of the thread that tells it something, where there is one.</summary>
    public abstract bool UsesRunQueue { get; }

    /// <summary>Takes the first step.</summary>
    public abstract void Start(ConnectionActor connection);

    /// <summary>The WebSocket has ended.</summary>
    public virtual void OnEnded(CloseOutcome how)
    {
    }

    /// <summary>A socket that was accepted.</summary>
    /// <param name="Listening">Where.</param>
    /// <param name="Source">The byte source.</param>
    /// <param name="Remote">The other end of the socket.</param>
    /// <param name="Refusal">Why it is turned away, whatever it asks; null if it is not.</param>
    internal sealed record Accepted(ServerEndpointContext Listening, IActorRef Source, EndPoint Remote, string? Refusal) : ConnectionStart(Listening)
    {
        public override Role Role => Role.Server;

        /// <summary>The same as its <c>EndpointContext</c>, and no place of its own.</summary>
        public ServerEndpointContext Listening => (ServerEndpointContext)EndpointContext;

        public override bool UsesRunQueue => ByteSource.IsSynchronousSource(Source);

        public override void Start(ConnectionActor connection)
        {
            connection.AttachSource(Source, Listening.Tls);
            new ServerOpeningHandshake(connection, Listening, Remote).Start(Refusal);
        }
    }
}
