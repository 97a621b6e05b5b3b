using WsActors.Routing;
using WsActors.Server.Pages;

namespace WsActors.Server.Samples;

/// <summary>The sample routes.</summary>
internal static class SampleRoutes
{
    /// <summary>Adds the chat page, the chat, the echo and the broadcast.</summary>
    public static RouteTable MapSamples(this RouteTable routes)
    {
        Chat.Prepare();
        return routes
            .Get("/", ChatPage.Html)
            .Get("/chat.css", ChatPage.Css)
            .Get("/chat.js", ChatPage.Script)
            .Get("/session.js", ChatPage.Session)
            .Map("/chat/{room}", ChatHandler.PropsFor, new WebSocketRouteOptions { Guard = ChatHandler.Guard, Sessions = true })
            .Map("/echo", EchoHandler.Props, new WebSocketRouteOptions { Sessions = true })
            .Map("/echo/inline", EchoHandler.Props, new WebSocketRouteOptions { Inline = true })
            .Map("/broadcast/{topic}", BroadcastHandler.PropsFor);
    }
}
