using Akka.Actor;
using Akka.IO;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// The peer is not heard any more, yet reads: what the handler still says to what came before has to get out, and our close frame
/// behind it. The handler's answer to a question that every actor answers comes behind all that. Part of its actor.
/// </summary>
/// <param name="connection">The actor.</param>
/// <param name="conversation">What is over.</param>
/// <param name="sending">The way out.</param>
/// <param name="end">How the WebSocket ends then.</param>
/// <param name="last">Our close frame; null for a peer whose socket ended without one.</param>
internal sealed class LastWords(ConnectionActor connection, Conversation conversation, Sending sending, End end, CloseFrame? last)
{
    private static readonly Identify IsThatAll = new("is that all?");

    public void Hear()
    {
        connection.Ask(conversation.Handler, IsThatAll);
        connection.BecomeUntil(connection.Now + connection.Endpoint.Options.CloseTimeout, HearingHandlerOut);
        connection.Wire.Flush();
        connection.Wire.ReadOn();
    }

    /// <summary>There is nothing more to hear.</summary>
    public void Leave() => Leave(last);

    private void HearingHandlerOut(object message)
    {
        switch (message)
        {
            case Ws.Send send when sending.TryQueue(send, connection.Asker): sending.Flush(); break;
            case StreamFeed.Produced produced when sending.TryTake(produced): sending.Flush(); break;
            case ByteSource.WriteCompleted:
                sending.FinishWrite();
                sending.Flush();
                break;
            case Tcp.Received or LeasedBytes:
                connection.Wire.BytesOf(message);
                connection.Wire.ReadOn();
                break;
            case Ws.Close close: Leave(last ?? new CloseFrame(close.Code, close.Reason)); break;
            case ActorIdentity { MessageId: var question } when Equals(question, IsThatAll.MessageId): Leave(); break;
            case Ws.Send or StreamFeed.Produced: Leave(); break;
            case Terminated or ParentStrategy.ChildStopped when conversation.HasLost(message): Leave(); break;
            case WakeUp.Tick when connection.IsOver: Leave(); break;
            default: connection.Otherwise(message, end.Unclean); break;
        }
    }

    private void Leave(CloseFrame? frame)
    {
        if (frame is { } close)
        {
            connection.Wire.Outbox.AppendClose(close.Code, close.Reason);
        }

        connection.Farewell.Leave(end);
    }
}
