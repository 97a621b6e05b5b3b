using Akka.Actor;
using Akka.IO;
using WsActors.Runtime;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// Awaits the handler's last replies after the peer's end: the peer may still read, and our close frame leaves after the replies. The
/// handler has replied to everything once it answers a probe (<see cref="Identify"/>). Part of its actor.
/// </summary>
/// <param name="connection">The actor.</param>
/// <param name="openConnection">The open connection that ends.</param>
/// <param name="sendPath">Queues the replies.</param>
/// <param name="outcome">The outcome of the WebSocket.</param>
/// <param name="closeFrame">Our close frame; null when the peer's socket ended without one.</param>
internal sealed class FinalReplies(
    ConnectionActor connection, OpenConnection openConnection, SendPath sendPath, CloseOutcome outcome, CloseFrame? closeFrame)
{
    private static readonly Identify FinalRepliesProbe = new("is that all?");

    public void Await()
    {
        connection.TellAsSelf(openConnection.Handler, FinalRepliesProbe);
        connection.BecomeUntil(connection.Now + connection.EndpointContext.Options.CloseTimeout, AwaitingFinalReplies);
        connection.Transport.Flush();
        connection.Transport.RequestRead();
    }

    /// <summary>No more replies are awaited: sends the close frame and closes the socket.</summary>
    public void Complete() => Complete(closeFrame);

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
            // The peer sends no more, and may still read: to the connection's default it would be the end of the socket.
            case Tcp.PeerClosed: break;
            case Ws.Close close: Complete(closeFrame ?? new CloseFrame(close.Code, close.Reason)); break;
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
