using System.Net;
using Akka.Actor;
using WsActors.Manager;
using WsActors.Protocol;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>How a connection comes about: what differs between its two ends. Immutable.</summary>
/// <param name="Endpoint">What it sees of its surroundings.</param>
internal abstract record Beginning(Endpoint Endpoint)
{
    /// <summary>Which end of the connection this is.</summary>
    public abstract Role Role { get; }

    /// <summary>Whom handlers and senders know as the connection.</summary>
    public virtual IActorRef FaceOf(IActorRef connection) => connection;

    /// <summary>What a handler that stays was told; null where there is none.</summary>
    public virtual LastOpened? LastOpened => null;

    /// <summary>Whether the connection runs at once in the turn of the thread that tells it something, where there is one.</summary>
    public abstract bool TakesTurns { get; }

    /// <summary>Takes the first step.</summary>
    public abstract void Of(ConnectionActor connection);

    /// <summary>The WebSocket has ended.</summary>
    public virtual void End(End how)
    {
    }

    /// <summary>A socket that was accepted.</summary>
    /// <param name="Listening">Where.</param>
    /// <param name="Source">The byte source.</param>
    /// <param name="Remote">The other end of the socket.</param>
    /// <param name="Refusal">Why it is turned away, whatever it asks; null if it is not.</param>
    internal sealed record Accepted(ListeningEndpoint Listening, IActorRef Source, EndPoint Remote, string? Refusal) : Beginning(Listening)
    {
        public override Role Role => Role.Server;

        /// <summary>The same as its <c>Endpoint</c>, and no place of its own.</summary>
        public ListeningEndpoint Listening => (ListeningEndpoint)Endpoint;

        public override bool TakesTurns => ByteSource.IsSynchronousSource(Source);

        public override void Of(ConnectionActor connection)
        {
            connection.Take(Source, Listening.Tls);
            new Reception(connection, Listening, Remote).Begin(Refusal);
        }
    }
}
