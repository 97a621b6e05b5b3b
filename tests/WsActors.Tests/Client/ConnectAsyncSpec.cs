using Akka.Actor;
using WsActors.Client;

namespace WsActors.Tests.Client;

/// <summary><c>ConnectAsync</c> ends: by an answer, by its token, or with the actor of the clients.</summary>
public sealed class ConnectAsyncSpec : ClientSpec
{
    private readonly CancellationTokenSource _cancellation = new();

    private WebSocketExtension WebSockets => Sys.WebSockets();

    [Fact]
    public async Task A_connected_client_is_the_result()
    {
        var connecting = WebSockets.ConnectAsync(To(), _cancellation.Token);
        Listener.ExpectConnect();

        Assert.Equal(Handler.ExpectOpened().Connection, (await connecting).Connection);
    }

    [Fact]
    public async Task Cancellation_ends_the_dial()
    {
        var connecting = WebSockets.ConnectAsync(To(), _cancellation.Token);
        Kit.AwaitIdle();

        await _cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        ExpectNoClients();
    }

    [Fact]
    public async Task Cancellation_ends_a_client_that_reconnects()
    {
        var connecting = WebSockets.ConnectAsync(To(configure: Reconnects), _cancellation.Token);
        Kit.AwaitIdle();

        await _cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        ExpectNoClients();
    }

    [Fact]
    public void Cancellation_closes_a_connection_that_opens_at_the_same_time()
    {
        var connect = To();
        Connect(connect);
        var server = Listener.ExpectConnect();
        ExpectMsg<Ws.Connected>();

        Kit.Clients.Tell(new ClientsActor.Cancel(connect));

        server.ExpectClose(1000);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_connects_nothing()
    {
        await _cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WebSockets.ConnectAsync(To(), _cancellation.Token));

        ExpectNoClients();
    }

    [Fact]
    public async Task The_stop_of_the_clients_actor_is_reported()
    {
        Watch(WebSockets.Clients);
        Sys.Stop(WebSockets.Clients);
        ExpectTerminated(WebSockets.Clients);

        var failed = await Assert.ThrowsAsync<ConnectFailedException>(() => WebSockets.ConnectAsync(To(), _cancellation.Token));

        Assert.Contains("restart the process", failed.Message, StringComparison.Ordinal);
    }

    private void ExpectNoClients()
    {
        Kit.Advance(Seconds(6));
        WebSockets.Clients.Tell(new ClientsActor.CloseAll(Seconds(1)), TestActor);
        ExpectMsg<Akka.Done>();
    }
}
