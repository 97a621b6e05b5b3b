using Akka.Actor;
using WsActors.Protocol.Messages;

namespace WsActors.AspNetCore.Tests;

/// <summary>Echoes, and records its events. Ends its connection in the way that a message asks for.</summary>
public sealed class Recorder : UntypedActor
{
    private readonly Ledger _ledger;

    public Recorder(Ledger ledger, Ledger.Scope scope)
    {
        _ledger = ledger;
        _ = scope;
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Ws.Opened: _ledger.OnOpened(); break;
            case Ws.Closed closed: _ledger.OnClosed(closed); break;
            case Ws.Received { Kind: MessageKind.Binary } binary: Sender.Tell(Ws.Send.Binary(binary.Payload.ToArray())); break;
            case Ws.Received { Text: "close" }: Sender.Tell(new Ws.Close(4000, "asked for")); break;
            case Ws.Received { Text: "kill" }: Sender.Tell(Kill.Instance); break;
            case Ws.Received { Text: "stop" }: Context.Stop(Self); break;
            case Ws.Received { Text: "crash" }: throw new InvalidOperationException("The test asked for it.");
            case Ws.Received { Text: "kick" }:
                var kick = new Ws.Kick(new Ws.ConnectionFilter { Connection = Sender }, new Ws.Close(4001, "kicked"));
                Context.System.WebSockets().Manager.Tell(kick);
                break;
            case Ws.Received text: Sender.Tell(Ws.Send.Text(text.Text)); break;
        }
    }
}
