using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Server.Samples;

/// <summary>
/// One person in one room. One a connection, a child of it. It keeps no state beyond what it was made with, so a restart costs
/// nothing: to the room, which knows it by its reference, it is the same member.
/// </summary>
internal sealed class ChatHandler : ReceiveActor
{
    private readonly IActorRef _hub;
    private readonly string _room;

    public ChatHandler(IActorRef hub, string room, string name, string? tab)
    {
        (_hub, _room) = (hub, room);
        Receive<Ws.Opened>(opened => hub.Tell(new Hub.Join(room, new RoomActor.Join(opened.Connection, name, tab))));
        Receive<Ws.Received>(PassOn);
        Receive<Ws.Closed>(_ => Context.Stop(Self)); // the room watches, and so knows
    }

    /// <summary>For a route with a <c>{room}</c> and a query that may have a <c>name</c>.</summary>
    public static Props PropsFor(UpgradeRequest request, IActorRef hub) => Props.Create<ChatHandler>(
        hub,
        RoomOf(request) ?? throw new InvalidOperationException("The route's guard lets only rooms with a name pass."),
        ChatName.TryClean(request.Http.Query["name"], out var name) ? name : ChatName.Guest(),
        request.Http.Query["tab"] is { Length: > 0 and <= Chat.MaxTabLength } tab ? tab : null);

    /// <summary>
    /// Turns away who asks for a room without a proper name: upgraded and closed, because a browser's script cannot read a refusal.
    /// </summary>
    public static Task<GuardDecision> Guard(UpgradeRequest request, CancellationToken _) => Task.FromResult(
        RoomOf(request) is null
            ? GuardDecision.AcceptAndClose(Chat.Refused, $"a room's name has 1 to {ChatName.MaxLength} visible characters")
            : GuardDecision.Accept());

    private static string? RoomOf(UpgradeRequest request) => ChatName.TryClean(request.Values["room"], out var room) ? room : null;

    private void PassOn(Ws.Received message)
    {
        if (Chat.Parse(message) is { } say)
        {
            _hub.Tell(new Hub.Pass(_room, new RoomActor.Say(say.Text)));
        }
        else
        {
            message.Connection.Tell(new Ws.Close(Chat.Refused, $"not a message of this chat, or longer than {Chat.MaxTextLength} characters"));
        }
    }
}
