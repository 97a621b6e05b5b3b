using Akka.Actor;
using Akka.IO;
using WsActors.Runtime;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// The peer is not heard any more, yet reads: what the handler still says to what came before has to get out, and our close frame
/// behind it. The handler's answer to a question that every actor answers comes behind all that. Part of its actor.
/// </summary>
/// <param name="connection">The actor.</param>
/// <param name="openConnection">What is over.</param>
/// <param name="sendPath">The way out.</param>
/// <param name="outcome">How the WebSocket ends then.</param>
/// <param name="last">Our close frame; null for a peer whose socket ended without one.</param>
internal sealed class FinalReplies(ConnectionActor connection, OpenConnection openConnection, SendPath sendPath, CloseOutcome outcome, CloseFrame? last)
{
    private static readonly Identify FinalRepliesProbe = new("is that all?");

    public void Await()
    {
        connection.TellAsSelf(openConnection.Handler, FinalRepliesProbe);
        connection.BecomeUntil(connection.Now + connection.EndpointContext.Options.CloseTimeout, AwaitingFinalReplies);
        connection.Transport.Flush();
        connection.Transport.RequestRead();
    }

    /// <summary>There is nothing more to hear.</summary>
    public void Complete() => Complete(last);

    private void AwaitingFinalReplies(object message)
    {
        switch (message)
        {
            case Ws.Send send when sendPath.TryQueue(send, connection.CurrentSender): sendPath.Flush(); break;
            case StreamedMessage.Produced produced when sendPath.TryTakePart(produced): sendPath.Flush(); break;
            case ByteSource.WriteCompleted:
                sendPath.CompleteWrite();
                sendPath.Flush();
                break;
            case Tcp.Received or LeasedBytes:
                connection.Transport.BytesOf(message);
                connection.Transport.RequestRead();
                break;
            case Ws.Close close: Complete(last ?? new CloseFrame(close.Code, close.Reason)); break;
            case ActorIdentity { MessageId: var question } when Equals(question, FinalRepliesProbe.MessageId): Complete(); break;
            case Ws.Send or StreamedMessage.Produced: Complete(); break;
            case Terminated or ChildStoppedSupervisorStrategy.ChildStopped when openConnection.OnStopped(message): Complete(); break;
            case WakeUpTime.Tick when connection.IsPastDeadline: Complete(); break;
            default: connection.HandleDefault(message, outcome.Unclean); break;
        }
    }

    private void Complete(CloseFrame? frame)
    {
        if (frame is { } close)
        {
            connection.Transport.SendQueue.AppendClose(close.Code, close.Reason);
        }

        connection.ClosingHandshake.StartSocketClose(outcome);
    }
}
