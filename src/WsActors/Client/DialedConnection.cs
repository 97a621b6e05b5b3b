using Akka.Actor;
using WsActors.Connection;
using WsActors.Handlers;
using WsActors.Protocol;

namespace WsActors.Client;

/// <summary>
/// A connection that this end dials. Its parent is told <see cref="Ws.Connected"/> or <see cref="Ws.ConnectFailed"/> once.
/// </summary>
/// <param name="Client">The context of the connection.</param>
/// <param name="Handler">The handler; null for a child of the connection.</param>
/// <param name="PublicRef">The reference that handlers see instead of the connection; told <see cref="Ended"/>. Null for none.</param>
/// <param name="HandlerContext">The context of a handler that outlives the connection; null for a child.</param>
internal sealed record DialedConnection(
    ClientEndpointContext Client, IActorRef? Handler, IActorRef? PublicRef, HandlerContext? HandlerContext = null)
    : ConnectionStart(Client)
{
    public override Role Role => Role.Client;

    public override HandlerContext? HandlerContext { get; } = HandlerContext;

    /// <summary>The session whose connection this is, which handlers see instead of the other references; null without a session.</summary>
    public IActorRef? Session { get; init; }

    /// <summary>The WebSocket has ended, and its handler was told <c>Closed</c>.</summary>
    internal sealed record Ended(CloseOutcome Outcome) : INoSerializationVerificationNeeded;

    public override bool UsesRunQueue => Client.UsesSocketSource;

    public override IActorRef PublicRefOf(IActorRef connection) => Session ?? PublicRef ?? connection;

    public override void Start(ConnectionActor connection) => new ClientOpeningHandshake(connection, this).Start();

    public override void OnEnded(CloseOutcome how) => PublicRef?.Tell(new Ended(how));
}
