using System.Net;
using System.Net.Sockets;
using Akka.Configuration;
using Akka.IO;
using WsActors.Transport;

namespace WsActors.Tests.Loopback;

/// <summary>A dial that ends just when its socket has connected fails alone: the source, its listeners and their sockets stay.</summary>
[Collection(OneByOne.Name)]
public sealed class CanceledDialSpec() : Akka.TestKit.Xunit2.TestKit(ConfigurationFactory.ParseString("akka.loglevel = ERROR"))
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    [Fact]
    public void A_dial_canceled_after_it_has_connected_fails()
    {
        var attempt = new ConnectAttempt();

        ExpectFailure(new OnConnected(_ => attempt.Cancel()), attempt);
    }

    [Fact]
    public void A_dial_whose_socket_is_closed_after_it_has_connected_fails() =>
        ExpectFailure(new OnConnected(static socket => socket.Dispose()));

    private void ExpectFailure(params Inet.SocketOption[] options)
    {
        var source = Sys.WebSockets().Sources.Sockets;
        source.Tell(new Tcp.Bind(TestActor, new IPEndPoint(IPAddress.Loopback, 0), pullMode: true), TestActor);
        var address = ExpectMsg<Tcp.Bound>(Patience).LocalAddress;
        var listener = Watch(LastSender);

        using var target = new TcpListener(IPAddress.Loopback, 0);
        target.Start();
        source.Tell(new Tcp.Connect(target.LocalEndpoint, options: options, pullMode: true), TestActor);
        ExpectMsg<Tcp.CommandFailed>(Patience);

        listener.Tell(new Tcp.ResumeAccepting(1), TestActor);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(address);
        ExpectMsg<Tcp.Connected>(Patience);
        LastSender.Tell(Tcp.Abort.Instance, TestActor);
    }

    private sealed class OnConnected(Action<Socket> act) : Inet.SocketOption
    {
        public override void AfterConnect(Socket socket) => act(socket);
    }
}
