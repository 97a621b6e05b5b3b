using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using Akka.TestKit;

namespace WsActors.TestKit;

/// <summary>
/// What clients dial, played by the test: pass <see cref="Ref"/> as <see cref="Ws.Connect.Source"/>. It takes a connection, refuses it, or
/// leaves it waiting. Made by a <see cref="WebSocketTestKit"/>, used by the test's thread.
/// </summary>
public sealed class ListenerProbe
{
    private static readonly IPEndPoint Client = new(IPAddress.Loopback, 50000);

    private readonly WebSocketTestKit _kit;

    private readonly TestKitBase _test;

    private readonly TestProbe _probe;

    internal ListenerProbe(WebSocketTestKit kit, TestKitBase test) => (_kit, _test, _probe) = (kit, test, test.CreateTestProbe());

    /// <summary>The byte source for <see cref="Ws.Connect"/>.</summary>
    public IActorRef Ref => _probe.Ref;

    /// <summary>Expects that a client dials next, and takes the connection.</summary>
    public ServerProbe ExpectDial()
    {
        var dialled = _probe.ExpectMsg<Tcp.Connect>();
        var client = _probe.Sender;
        var remote = dialled.RemoteAddress as IPEndPoint ?? new IPEndPoint(IPAddress.Loopback, ((DnsEndPoint)dialled.RemoteAddress).Port);
        var socket = new SocketProbe(_kit, _test, ours => client.Tell(new Tcp.Connected(remote, Client), ours));
        return _kit.Add(new ServerProbe(socket, dialled.RemoteAddress));
    }

    /// <summary>Expects that a client dials next, and opens the WebSocket.</summary>
    /// <param name="headers">Further header lines of the answer, such as <c>Sec-WebSocket-Protocol: chat</c>.</param>
    public ServerProbe ExpectConnect(params string[] headers)
    {
        var server = ExpectDial();
        server.Accept(headers);
        return server;
    }

    /// <summary>Expects that a client dials next, and refuses the connection.</summary>
    public void Refuse(SocketError error = SocketError.ConnectionRefused)
    {
        var dialled = _probe.ExpectMsg<Tcp.Connect>();
        _probe.Reply(new Tcp.CommandFailed(dialled).WithCause(new SocketException((int)error)));
    }

    /// <summary>Expects that a client dials next, and leaves it waiting.</summary>
    public void Ignore() => _probe.ExpectMsg<Tcp.Connect>();

    /// <summary>Expects that nobody dials until someone does something or time passes.</summary>
    public void ExpectNoDial()
    {
        _kit.AwaitIdle();
        _probe.ExpectNoMsg(TimeSpan.Zero);
    }
}
