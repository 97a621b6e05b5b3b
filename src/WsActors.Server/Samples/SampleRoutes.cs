using Akka.Actor;
using WsActors.Routing;
using WsActors.Server.Pages;

namespace WsActors.Server.Samples;

/// <summary>The sample routes, and the actor that they need beside them.</summary>
internal static class SampleRoutes
{
    /// <summary>Owns the chat's rooms; one a system.</summary>
    public static Props ChatHub => HubActor.PropsFor(RoomActor.PropsFor);

    /// <summary>Adds the chat page, the chat, the echo and the broadcast.</summary>
    /// <param name="routes">The table to add to.</param>
    /// <param name="chat">An actor made of <see cref="ChatHub"/>.</param>
    public static RouteTable MapSamples(this RouteTable routes, IActorRef chat) => routes
        .Get("/", ChatPage.Html)
        .Get("/chat.css", ChatPage.Css)
        .Get("/chat.js", ChatPage.Script)
        .Get("/session.js", ChatPage.Session)
        .Map("/chat/{room}", request => ChatHandler.PropsFor(request, chat), new RouteOptions { Guard = ChatHandler.Guard })
        .Map("/echo", EchoHandler.PropsFor)
        .Map("/broadcast/{topic}", BroadcastHandler.PropsFor);
}
