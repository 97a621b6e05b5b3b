using System.Net;
using System.Text;
using Akka.Actor;
using Microsoft.Playwright;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;
using WsActors.Routing;
using WsActors.Server.Pages;

namespace WsActors.EndToEnd.Tests;

/// <summary>
/// A page in a real browser with a <c>WsSession</c>, whose server the test plays, frame by frame: the test is the handler of the page's
/// connections. The session's events are recorded, and can be queried.
/// </summary>
public abstract class SessionPage(Browser browser) : Akka.TestKit.Xunit2.TestKit(Settings), IAsyncLifetime
{
    /// <summary>A test that is over does not wait until its page has been sent away.</summary>
    private const string Settings = "akka.loglevel = WARNING, ws-actors.drain { lead = off, spread = off }";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly WebSocketRouteOptions Session = new() { Subprotocols = ["wsactors.session.v1"] };

    private static readonly WebSocketRouteOptions WithPings = new() { Subprotocols = ["wsactors.session.v2"] };

    private static readonly WebSocketRouteOptions WithReload = new() { Subprotocols = ["wsactors.session.v3"] };

    /// <summary>The page has no policy that blocks the test's evaluations; the script's policy is tested with the chat's.</summary>
    private static readonly PlainResponse Html = PlainResponse.Create(
        200, "text/html; charset=utf-8", Encoding.UTF8.GetBytes("<!doctype html><title>session</title><script src=session.js></script>"));

    /// <summary>
    /// Bytes of a connection that arrived before the end of the previous one: a page that reconnects quickly may be seen first.
    /// </summary>
    private readonly Queue<Ws.IEvent> _early = [];

    private Uri? _address;

    /// <summary>The connection whose frame was expected last.</summary>
    protected IActorRef Connection { get; private set; } = ActorRefs.Nobody;

    /// <summary>Opens the page of a stranger.</summary>
    protected async Task<IPage> OpenAsync()
    {
        if (_address is null)
        {
            var routes = RouteTable.Empty
                .Get("/", Html)
                .Get("/session.js", ChatPage.Session)
                .MapShared("/session", TestActor, Session)
                .MapShared("/pings", TestActor, WithPings)
                .MapShared("/reload", TestActor, WithReload);
            var bound = await Sys.WebSockets().BindAsync("ws://127.0.0.1:0", routes);
            _address = new Uri($"http://{(IPEndPoint)bound.LocalEndPoint}/");
        }

        return await browser.NewPageAsync(_address);
    }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => browser.ClosePagesAsync();

    /// <summary>Makes the page's session.</summary>
    protected static Task BeginAsync(IPage page, string options = "{}", string url = "session") =>
        PageSession.BeginAsync(page, url, options);

    /// <summary>Expects exactly these events of the page, since its session was created.</summary>
    protected static Task ExpectToldAsync(IPage page, params string[] events) => PageSession.ExpectToldAsync(page, events);

    /// <summary>Expects a connection that sends hello.</summary>
    protected void ExpectHello(string hello = "hello")
    {
        Expect<Ws.Opened>();
        ExpectText(hello);
    }

    protected void ExpectText(string text) =>
        Assert.Equal((MessageKind.Text, text), (Expect<Ws.Received>() is var came ? came.Kind : default, came.Text));

    protected TEvent Expect<TEvent>()
        where TEvent : Ws.IEvent
    {
        var happened = typeof(TEvent) != typeof(Ws.Closed) && _early.TryDequeue(out var early) ? early : ExpectMsg<Ws.IEvent>(Patience);
        while (typeof(TEvent) == typeof(Ws.Closed) && !happened.Connection.Equals(Connection))
        {
            _early.Enqueue(happened);
            happened = ExpectMsg<Ws.IEvent>(Patience);
        }

        Connection = happened.Connection;
        return Assert.IsType<TEvent>(happened);
    }

    /// <summary>Sends a frame as a server does.</summary>
    protected void Send(string frame) => Connection.Tell(Ws.Send.Text(frame));
}
