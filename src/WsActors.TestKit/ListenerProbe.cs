using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using Akka.TestKit;

namespace WsActors.TestKit;

/// <summary>
/// The listener that clients dial, played by the test: pass <see cref="Ref"/> as <see cref="Ws.Connect.Source"/>. It accepts a connection,
/// refuses it, or leaves it without an answer. Created by a <see cref="WebSocketTestKit"/>, used by the test's thread.
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

    /// <summary>Expects that a client dials next, and accepts the connection.</summary>
    public ServerProbe ExpectDial()
    {
        var dialled = _probe.ExpectMsg<Tcp.Connect>();
        var client = _probe.Sender;
        var remote = dialled.RemoteAddress as IPEndPoint ?? new IPEndPoint(IPAddress.Loopback, ((DnsEndPoint)dialled.RemoteAddress).Port);
        var socket = new SocketProbe(_kit, _test, probe => client.Tell(new Tcp.Connected(remote, Client), probe));
        return _kit.Add(new ServerProbe(socket, dialled.RemoteAddress));
    }

    /// <summary>Expects that a client dials next, and opens the WebSocket.</summary>
    /// <param name="headers">Further header lines of the response, such as <c>Sec-WebSocket-Protocol: chat</c>.</param>
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

    /// <summary>Expects that a client dials next, and does not answer it.</summary>
    public void Ignore() => _probe.ExpectMsg<Tcp.Connect>();

    /// <summary>Expects that no client dials unless the test does something or time passes.</summary>
    public void ExpectNoDial()
    {
        _kit.AwaitIdle();
        _probe.ExpectNoMsg(TimeSpan.Zero);
    }
}
