using Akka.Actor;
using WsActors.Connection;
using WsActors.Protocol;

namespace WsActors.Client;

/// <summary>A connection that this end begins. It tells its parent <see cref="Ws.Connected"/> or <see cref="Ws.ConnectFailed"/>, once.</summary>
/// <param name="Client">Where to, and how.</param>
/// <param name="Handler">Who is told what happens; null for a child.</param>
/// <param name="KnownAs">Whom handlers know, if that is not the connection; it is told <see cref="Ended"/>.</param>
/// <param name="LastOpened">What a handler that stays was told; null for a child.</param>
internal sealed record Dialled(ClientEndpoint Client, IActorRef? Handler, IActorRef? KnownAs, HandlerContext? LastOpened = null) : ConnectionStart(Client)
{
    public override Role Role => Role.Client;

    public override HandlerContext? HandlerContext { get; } = LastOpened;

    /// <summary>Whom handlers know instead of either, if the connection is one of many of a session.</summary>
    public IActorRef? Session { get; init; }

    /// <summary>The WebSocket has ended, and its handler was told.</summary>
    internal sealed record Ended(CloseOutcome How) : INoSerializationVerificationNeeded;

    public override bool UsesRunQueue => Client.IsOverSockets;

    public override IActorRef PublicRefOf(IActorRef connection) => Session ?? KnownAs ?? connection;

    public override void Start(ConnectionActor connection) => new Introduction(connection, this).Begin();

    public override void OnEnded(CloseOutcome how) => KnownAs?.Tell(new Ended(how));
}
