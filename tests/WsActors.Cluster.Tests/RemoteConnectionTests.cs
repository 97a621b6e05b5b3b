using System.Security.Claims;
using WsActors.Protocol.Messages;

namespace WsActors.Cluster.Tests;

/// <summary>A connection may be told anything from another node, and its handler may live on one.</summary>
public sealed class RemoteConnectionTests : IAsyncLifetime
{
    private const string Large = """
        ws-actors.message.max-size = 10MiB
        ws-actors.send-queue { max-size = 20MiB, pause-reading-above = 20MiB }
        """;

    private Node _here = null!;

    private Node _there = null!;

    public Task InitializeAsync()
    {
        (_here, _there) = (Node.Start(Large), Node.Start(Large));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100 * 1024)]
    [InlineData(1024 * 1024)]
    [InlineData(10 * 1024 * 1024)]
    public void A_message_of_the_largest_size_reaches_a_connection_of_another_node(int length)
    {
        var client = _there.Sockets.Connect();
        var connection = _here.RefOf(_there, client.Connection);
        var (payload, probe) = (Some(length), _here.Probe());

        connection.Tell(Ws.Send.Binary(payload) with { Ack = "taken" }, probe.Ref);

        Assert.True(payload.AsSpan().SequenceEqual(client.ExpectBinary()));
        probe.ExpectMsg("taken");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100 * 1024)]
    [InlineData(1024 * 1024)]
    [InlineData(10 * 1024 * 1024)]
    public async Task A_message_of_the_largest_size_reaches_a_handler_on_another_node(int length)
    {
        var handler = _here.Probe();
        await using var edge = Node.Start(Large, routes => routes.MapShared("/remote", _there.RefOf(_here, handler.Ref)));
        var client = edge.Sockets.Connect("/remote?name=Ann");
        var payload = Some(length);
        Assert.Equal("Ann", handler.ExpectMsg<Ws.Opened>().Request.Http.Query["name"]);

        client.SendBinary(payload);

        var received = handler.ExpectMsg<Ws.Received>();
        Assert.Equal(MessageKind.Binary, received.Kind);
        Assert.True(payload.AsSpan().SequenceEqual(received.Payload.Span));
        received.Connection.Tell(Ws.Send.Text("thanks"), handler.Ref);
        client.ExpectText("thanks");
    }

    [Fact]
    public void Ping_GetStats_and_Close_and_their_answers_cross_nodes()
    {
        var client = _there.Sockets.Connect();
        var (connection, probe) = (_here.RefOf(_there, client.Connection), _here.Probe());

        connection.Tell(Ws.GetStats.Instance, probe.Ref);
        Assert.Equal((connection, "/"), (probe.ExpectMsg<Ws.Stats>() is var stats ? stats.Connection : null, stats.Route));
        connection.Tell(new Ws.Close(4001, "enough"), probe.Ref);
        client.ExpectClose(4001);
    }

    [Fact]
    public void Renew_and_its_answers_cross_nodes()
    {
        var client = _there.Sockets.Connect("/as/ann");
        var (connection, probe) = (_here.RefOf(_there, client.Connection), _here.Probe());
        var until = DateTimeOffset.MaxValue;

        connection.Tell(new Ws.Renew(Principal("ann"), until), probe.Ref);
        var renewed = probe.ExpectMsg<Ws.Renewed>();
        Assert.Equal((connection, until, true), (renewed.Connection, renewed.ExpiresAt, renewed.Principal!.IsInRole("admin")));
        connection.Tell(new Ws.Renew(Principal("bob"), until), probe.Ref);
        Assert.Equal(connection, probe.ExpectMsg<Ws.RenewFailed>().Connection);
    }

    [Fact]
    public void The_operations_work_from_another_node()
    {
        var client = _there.Sockets.Connect();
        var (manager, probe) = (_here.RefOf(_there, _there.System.WebSockets().Manager), _here.Probe());

        manager.Tell(new Ws.ListConnections(), probe.Ref);
        var connection = Assert.Single(probe.ExpectMsg<Ws.ConnectionList>().Connections).Connection;
        manager.Tell(new Ws.Kick(new Ws.ConnectionFilter { Connection = connection }, new Ws.Close(4003)), probe.Ref);

        Assert.Equal(1, probe.ExpectMsg<Ws.Kicked>().Count);
        client.ExpectClose(4003);
    }

    [Fact]
    public void A_send_to_a_stopped_connection_fails_and_reaches_no_later_one()
    {
        var client = _there.Sockets.Connect();
        var connection = _here.RefOf(_there, client.Connection);
        client.Socket.Reset();
        client.Socket.ExpectStopped();
        var (later, probe) = (_there.Sockets.Connect(), _here.Probe());

        connection.Tell(Ws.Send.Text("too late") with { Ack = "ack" }, probe.Ref);

        var failed = probe.ExpectMsg<Ws.SendFailed>();
        Assert.Equal((connection, "ack", Ws.SendFailure.Closed), (failed.Connection, failed.Send.Ack, failed.Reason));
        Assert.Equal("too late"u8, failed.Send.Payload.Span);
        later.ExpectNothing();
    }

    [Fact]
    public void A_stream_to_a_connection_of_another_node_fails_and_its_sender_is_told_once()
    {
        var client = _there.Sockets.Connect();
        var (connection, probe) = (_here.RefOf(_there, client.Connection), _here.Probe());

        connection.Tell(Ws.Send.Stream(MessageKind.Text, Parts()) with { Ack = "ack" }, probe.Ref);
        connection.Tell(Ws.Send.Text("behind it") with { Ack = "next" }, probe.Ref);

        client.ExpectText("behind it");
        var failed = probe.FishForMessage<Ws.SendFailed>(static _ => true);
        Assert.Equal(("ack", Ws.SendFailure.SourceFailed), (failed.Send.Ack, failed.Reason));
    }

    private static ClaimsPrincipal Principal(string user) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, user), new Claim(ClaimTypes.Role, "admin")], "test"));

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Parts()
    {
        await Task.CompletedTask;
        yield return "part"u8.ToArray();
    }

    private static byte[] Some(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
