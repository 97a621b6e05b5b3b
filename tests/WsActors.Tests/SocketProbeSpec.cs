using System.Net;
using Akka.Actor;
using Akka.IO;
using Akka.TestKit;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A socket that the test plays answers as a socket of Akka.IO does.</summary>
public sealed class SocketProbeSpec : WebSocketSpec
{
    [Fact]
    public void A_close_is_answered_and_is_no_half_close()
    {
        var (socket, connection) = Connect();

        connection.Sender.Tell(Tcp.Close.Instance, connection.Ref);

        connection.ExpectMsg<Tcp.Closed>();
        Assert.True(socket.IsClosed);
        Assert.False(socket.IsHalfClosed);
    }

    [Fact]
    public void A_close_waits_for_the_writes_before_it()
    {
        var (socket, connection) = Connect();
        var source = connection.Sender;
        socket.StopReading();
        source.Tell(Tcp.Write.Create(ByteString.FromBytes([1, 2]), new Written()), connection.Ref);
        source.Tell(Tcp.Close.Instance, connection.Ref);
        source.Tell(new Identify(null), connection.Ref);
        connection.ExpectMsg<ActorIdentity>();
        Assert.False(socket.IsClosed);

        socket.ReadOnce();

        connection.ExpectMsg<Written>();
        connection.ExpectMsg<Tcp.Closed>();
        Assert.True(socket.IsClosed);
    }

    [Fact]
    public void A_failed_connection_closes_its_socket()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();

        client.Connection.Tell(Kill.Instance, TestActor);

        client.ExpectClose(1011);
        client.Socket.ExpectClosed();
        Assert.False(client.Socket.IsHalfClosed);
        Assert.False(client.Socket.IsReset);
    }

    /// <summary>A socket, and the actor that took it as a connection does.</summary>
    private (SocketProbe Socket, TestProbe Connection) Connect()
    {
        var connection = CreateTestProbe();
        connection.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            if (message is Tcp.Connected)
            {
                sender.Tell(new Tcp.Register(connection.Ref), connection.Ref);
            }

            return AutoPilot.KeepRunning;
        }));
        var listener = new WebSocketTestKit(this).Listen();
        listener.Ref.Tell(new Tcp.Connect(new IPEndPoint(IPAddress.Loopback, 80)), connection.Ref);
        var socket = listener.ExpectDial().Socket;
        connection.ExpectMsg<Tcp.Connected>();
        return (socket, connection);
    }

    private sealed class Written : Tcp.Event;
}
