using Akka.Actor;
using WsActors.Connection;
using WsActors.Handlers;
using WsActors.Protocol;

namespace WsActors.Client;

/// <summary>A connection that this end begins. It tells its parent <see cref="Ws.Connected"/> or <see cref="Ws.ConnectFailed"/>, once.</summary>
/// <param name="Client">Where to, and how.</param>
/// <param name="Handler">Who is told what happens; null for a child.</param>
/// <param name="PublicRef">Whom handlers know, if that is not the connection; it is told <see cref="Ended"/>.</param>
/// <param name="HandlerContext">What a handler that stays was told; null for a child.</param>
internal sealed record DialedConnection(ClientEndpointContext Client, IActorRef? Handler, IActorRef? PublicRef, HandlerContext? HandlerContext = null) : ConnectionStart(Client)
{
    public override Role Role => Role.Client;

    public override HandlerContext? HandlerContext { get; } = HandlerContext;

    /// <summary>Whom handlers know instead of either, if the connection is one of many of a session.</summary>
    public IActorRef? Session { get; init; }

    /// <summary>The WebSocket has ended, and its handler was told.</summary>
    internal sealed record Ended(CloseOutcome Outcome) : INoSerializationVerificationNeeded;

    public override bool UsesRunQueue => Client.UsesSocketSource;

    public override IActorRef PublicRefOf(IActorRef connection) => Session ?? PublicRef ?? connection;

    public override void Start(ConnectionActor connection) => new ClientOpeningHandshake(connection, this).Start();

    public override void OnEnded(CloseOutcome how) => PublicRef?.Tell(new Ended(how));
}
