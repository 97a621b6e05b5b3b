using Akka.Actor;

namespace WsActors.Tests.Loopback;

/// <summary>Does what its client says, and keeps the tally.</summary>
internal sealed class ObedientHandler : UntypedActor
{
    /// <summary>More than the kernel takes for a client that does not read, less than the queue.</summary>
    private static readonly Ws.Send Much = Ws.Send.Binary(new byte[400 * 1024]);

    private readonly HandshakeCounters _handshakeCounters;

    public ObedientHandler(HandshakeCounters handshakeCounters) => _handshakeCounters = handshakeCounters;

    public static Props PropsFor(HandshakeCounters handshakeCounters) => Props.Create<ObedientHandler>(handshakeCounters);

    protected override void PreStart() => _handshakeCounters.HandlerStarted();

    protected override void PostStop() => _handshakeCounters.HandlerStopped();

    protected override void OnReceive(object message)
    {
        if (message is Ws.IEvent happened)
        {
            _handshakeCounters.Note(happened);
        }

        if (message is Ws.Received received)
        {
            Obey(received.Text);
        }
    }

    private void Obey(string order)
    {
        switch (order)
        {
            case "close":
                Sender.Tell(new Ws.Close(4000));
                break;
            case "much":
                Sender.Tell(Much);
                break;
            case "too much":
                Sender.Tell(Much);
                Sender.Tell(Much);
                Sender.Tell(Much);
                break;
            case "stop":
                _handshakeCounters.Quit(Sender);
                Context.Stop(Self);
                break;
            case "fail":
                _handshakeCounters.Quit(Sender);
                throw new InvalidOperationException("as ordered");
            default:
                Sender.Tell(Ws.Send.Text(order));
                break;
        }
    }
}
