using Akka.Actor;
using WsActors.Connection;
using WsActors.Protocol;

namespace WsActors.Client;

/// <summary>A connection that this end begins. It tells its parent <see cref="Ws.Connected"/> or <see cref="Ws.ConnectFailed"/>, once.</summary>
/// <param name="Client">Where to, and how.</param>
/// <param name="Handler">Who is told what happens; null for a child.</param>
/// <param name="KnownAs">Whom handlers know, if that is not the connection; it is told <see cref="Ended"/>.</param>
/// <param name="LastOpened">What a handler that stays was told; null for a child.</param>
internal sealed record Dialled(ClientEndpoint Client, IActorRef? Handler, IActorRef? KnownAs, LastOpened? LastOpened = null) : Beginning(Client)
{
    public override Role Role => Role.Client;

    public override LastOpened? LastOpened { get; } = LastOpened;

    /// <summary>Whom handlers know instead of either, if the connection is one of many of a session.</summary>
    public IActorRef? Session { get; init; }

    /// <summary>The WebSocket has ended, and its handler was told.</summary>
    internal sealed record Ended(End How) : INoSerializationVerificationNeeded;

    public override bool TakesTurns => Client.IsOverSockets;

    public override IActorRef FaceOf(IActorRef connection) => Session ?? KnownAs ?? connection;

    public override void Of(ConnectionActor connection) => new Introduction(connection, this).Begin();

    public override void End(End how) => KnownAs?.Tell(new Ended(how));
}
