using Akka.Actor;

namespace WsActors.Tests.Loopback;

/// <summary>Executes its client's commands, and keeps the tally.</summary>
internal sealed class ObedientHandler : UntypedActor
{
    /// <summary>More than the kernel takes for a client that does not read, less than the queue.</summary>
    private static readonly Ws.Send Much = Ws.Send.Binary(new byte[400 * 1024]);

    private readonly Tally _tally;

    public ObedientHandler(Tally tally) => _tally = tally;

    public static Props PropsFor(Tally tally) => Props.Create<ObedientHandler>(tally);

    protected override void PreStart() => _tally.HandlerStarted();

    protected override void PostStop() => _tally.HandlerStopped();

    protected override void OnReceive(object message)
    {
        if (message is Ws.IEvent happened)
        {
            _tally.Note(happened);
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
                _tally.Quit(Sender);
                Context.Stop(Self);
                break;
            case "fail":
                _tally.Quit(Sender);
                throw new InvalidOperationException("as ordered");
            default:
                Sender.Tell(Ws.Send.Text(order));
                break;
        }
    }
}
