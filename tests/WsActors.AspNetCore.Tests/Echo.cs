using Akka.Actor;
using WsActors.Protocol.Messages;

namespace WsActors.AspNetCore.Tests;

/// <summary>Answers each message with the same, except those that ask for something else.</summary>
public sealed class Echo : UntypedActor
{
    private Ws.Opened? _opened;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Ws.Opened opened: _opened = opened; break;
            case Ws.Received { Kind: MessageKind.Binary } binary: Sender.Tell(Ws.Send.Binary(binary.Payload.ToArray())); break;
            case Ws.Received text: Answer(text.Text, _opened!); break;
        }
    }

    private void Answer(string text, Ws.Opened opened)
    {
        switch (text)
        {
            case "values":
                Sender.Tell(Ws.Send.Text(string.Join(
                    ", ", opened.Request.RouteValues.OrderBy(static v => v.Key).Select(static v => $"{v.Key}={v.Value}"))));
                break;
            case "user": Sender.Tell(Ws.Send.Text(opened.Principal?.Identity?.Name ?? "nobody")); break;
            default: Sender.Tell(Ws.Send.Text(text)); break;
        }
    }
}
