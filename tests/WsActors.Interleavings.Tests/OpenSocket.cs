using System.Text;
using Akka.IO;
using WsActors.Interleavings.Kernel;
using WsActors.Runtime;
using WsActors.Transport;
using WsActors.Transport.Sockets;
using WsActors.Transport.Sources;

namespace WsActors.Interleavings;

/// <summary>A connection with its handler.</summary>
internal sealed class OpenSocket
{
    private readonly SocketRegistry _sockets;

    /// <param name="sockets">Where it belongs.</param>
    /// <param name="sendRoom">The bytes that it can send before its peer reads some.</param>
    /// <param name="received">The bytes that came before it was accepted.</param>
    public OpenSocket(SocketRegistry sockets, int sendRoom = int.MaxValue, string received = "")
    {
        _sockets = sockets;
        Socket = new Socket(sendRoom, received);
        Connection = SocketConnection.Create(Socket, Handler.Path, 1, sockets);
        Handler.Connection = Connection;
        Connection.Tell(new Tcp.Register(Handler), Handler);
    }

    public Socket Socket { get; }

    public SocketConnection Connection { get; }

    public HandlerDouble Handler { get; } = new();

    public string Told => Handler.Told.ToString();

    public static SocketRegistry NewRegistry(Machine machine) => new(null!, new BufferPool(), new FailureLog(machine.Schedule));

    public void Resume() => Connection.Tell(Tcp.ResumeReading.Instance, Handler);

    public void Abort() => Connection.Tell(Tcp.Abort.Instance, Handler);

    /// <summary>Writes with an acknowledgement, which is told by the caller where the kernel took all at once.</summary>
    public void Write(string bytes, string ack)
    {
        if (Connection.TryWrite(new SourceSender.PendingWrite(Encoding.ASCII.GetBytes(bytes), ack, Handler)))
        {
            Handler.Tell(ack, Handler);
        }
    }

    /// <summary>Nothing of a closed socket is left.</summary>
    public void ExpectGone()
    {
        Assert.True(Connection.IsClosed, "It is open.");
        Assert.Equal(0, _sockets.Count);
        Assert.Equal(0, _sockets.BufferPool.Rented);
        Assert.Equal(0, Machine.Current.OpenFiles);
    }
}
