using Akka.Actor;
using Akka.IO;

namespace WsActors.Tests.Loopback;

/// <summary>
/// Akka.IO's TCP with small send buffers of accepted sockets: otherwise the kernel takes megabytes for a client that does not read, and no
/// byte waits in the connection.
/// </summary>
internal sealed class SmallSendBuffers : UntypedActor
{
    protected override void OnReceive(object message)
    {
        if (message is Tcp.Bind bind)
        {
            var options = bind.Options.Append(new SendBuffer());
            Context.System.WebSockets().Source.Forward(new Tcp.Bind(bind.Handler, bind.LocalAddress, bind.Backlog, options, bind.PullMode)
            {
                TcpSettings = bind.TcpSettings,
            });
        }
    }

    private sealed class SendBuffer : Inet.SocketOption
    {
        // Accepted sockets inherit it.
        public override void BeforeServerSocketBind(System.Net.Sockets.Socket socket) => socket.SendBufferSize = 16 * 1024;
    }
}
