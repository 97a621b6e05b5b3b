using WsActors.TestKit;

namespace WsActors.Tests.Client;

/// <summary>The base of the specs of clients: a server and a handler that the test plays.</summary>
public abstract class ClientSpec : WebSocketSpec
{
    protected const string Uri = "ws://192.0.2.1:8080/chat?room=tea";

    protected ClientSpec(string config = "")
        : base(config)
    {
        Kit = new WebSocketTestKit(this);
        Listener = Kit.Listen();
    }

    protected WebSocketTestKit Kit { get; }

    protected ListenerProbe Listener { get; }

    /// <summary>The connect command of the handler.</summary>
    protected Ws.Connect To(string uri = Uri, Func<ClientOptions, ClientOptions>? configure = null) => new(uri, Handler.Ref)
    {
        Source = Listener.Ref,
        Configure = configure ?? (static options => options),
    };

    /// <summary>Its answer is sent to the test.</summary>
    protected void Connect(Ws.Connect? connect = null) => Kit.Clients.Tell(connect ?? To(), TestActor);

    /// <summary>Connects, and opens the WebSocket.</summary>
    protected ServerProbe Open(Func<ClientOptions, ClientOptions>? configure = null, params string[] headers)
    {
        Connect(To(configure: configure));
        var server = Listener.ExpectConnect(headers);
        Handler.ExpectOpened();
        ExpectMsg<Ws.Connected>();
        return server;
    }

    protected static ClientOptions Reconnects(ClientOptions options) =>
        options with { Reconnect = options.Reconnect with { Enabled = true } };
}
