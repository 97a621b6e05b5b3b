using System.Text;
using Akka.Actor;
using Akka.IO;
using WsActors.Transport;
using WsActors.Transport.Sockets;

namespace WsActors.Interleavings;

/// <summary>The actor of a connection: it reads on as soon as it has read, and notes all that it is told.</summary>
internal sealed class HandlerDouble : MinimalActorRef
{
    private readonly Mailbox _mailbox;

    public HandlerDouble() => _mailbox = new Mailbox(Handle);

    public SocketConnection? Connection { get; set; }

    /// <summary>The bytes and events, in order.</summary>
    public StringBuilder Told { get; } = new();

    public override ActorPath Path { get; } = new RootActorPath(new Address("akka", "interleavings")) / "handler";

    public override IActorRefProvider Provider => throw new NotSupportedException();

    protected override void TellInternal(object message, IActorRef sender) => _mailbox.Add(message);

    private void Handle(object message)
    {
        switch (message)
        {
            case LeasedBytes leased:
                Told.Append(Encoding.ASCII.GetString(leased.Bytes.Span));
                Connection!.Tell(Tcp.ResumeReading.Instance, this);
                break;
            case string ack: Told.Append(ack); break;
            default: Told.Append('[').Append(message.GetType().Name).Append(']'); break;
        }
    }
}
