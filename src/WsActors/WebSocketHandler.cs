using Akka.Actor;
using WsActors.Handlers;
using WsActors.Protocol;
using WsActors.Protocol.Messages;

namespace WsActors;

/// <summary>
/// A handler of one connection that is told no more than it can deal with: it asks for a few messages, and for one more whenever it has
/// dealt with one. While it is behind, its connection is not read, and TCP slows the client. Optional: any actor may handle a connection.
/// Mapped as one handler a connection; an actor like any other, with <c>Become</c>, stash and supervision.
/// </summary>
public abstract class WebSocketHandler : UntypedActor
{
    private static readonly Ws.Close NoText = new(CloseCode.UnsupportedData, "no text is taken here");

    private static readonly Ws.Close NoBinary = new(CloseCode.UnsupportedData, "only text is taken here");

    /// <summary>The number of open tasks of the current message, its receive included; zero between messages.</summary>
    private int _steps;

    /// <summary>Null until there is one, and for a handler that does not stash.</summary>
    private TrackedStash? _stash;

    /// <summary>The connection: tell it commands. Nobody before it was told of one.</summary>
    protected IActorRef Connection { get; private set; } = ActorRefs.Nobody;

    /// <summary>Most messages that wait in its mailbox; at least 1. Asked once a connection.</summary>
    protected virtual int Window => 16;

    /// <summary>The connection is open; or the handler is new after a failure, if <see cref="Ws.Opened.IsRestart"/> says so.</summary>
    protected virtual void OnOpened(Ws.Opened opened)
    {
    }

    /// <summary>A text message came. Who does not override this takes none: the connection is closed with 1003 (RFC 6455 §7.4.1).</summary>
    protected virtual void OnText(string text) => Connection.Tell(NoText, Self);

    /// <summary>A binary message came; its bytes may be kept. Who does not override this takes none, as above.</summary>
    protected virtual void OnBinary(ReadOnlyMemory<byte> payload) => Connection.Tell(NoBinary, Self);

    /// <summary>A part of a message came, on a route that asks for chunks.</summary>
    protected virtual void OnChunk(Ws.ReceivedChunk chunk) => Unhandled(chunk);

    /// <summary>Anything else: other events of the connection, and what other actors say.</summary>
    protected virtual void OnMessage(object message) => Unhandled(message);

    /// <summary>The connection has ended. The last event.</summary>
    protected virtual void OnClosed(Ws.Closed closed)
    {
    }

    /// <inheritdoc/>
    protected sealed override void OnReceive(object message)
    {
        switch (message)
        {
            case Ws.Received { Kind: MessageKind.Text } text: OnText(text.Text); break;
            case Ws.Received binary: OnBinary(binary.Payload); break;
            case Ws.ReceivedChunk chunk: OnChunk(chunk); break;
            case Ws.Opened opened: OnOpened(opened); break;
            case Ws.Closed closed: OnClosed(closed); break;
            default: OnMessage(message); break;
        }
    }

    /// <summary>Asks for more, whatever the current behaviour makes of the message.</summary>
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is Ws.Opened opened)
        {
            Begin(opened);
        }

        Watch();
        var isAsked = message is Ws.Received or Ws.ReceivedChunk;
        if (isAsked)
        {
            // A restarted handler may be told a message before it is told Opened again.
            Connection = ((Ws.IEvent)message).Connection;
            _steps = 1;
        }

        try
        {
            return base.AroundReceive(receive, message);
        }
        finally
        {
            if (isAsked)
            {
                FinishStep();
            }
            else
            {
                Ask(dealtWith: 0);
            }
        }
    }

    /// <summary>
    /// Deals with the current message in a task, as any actor may: it is dealt with when the task is over, whatever its end.
    /// </summary>
    /// <param name="task">Runs in this actor, which is told nothing else meanwhile.</param>
    protected new void RunTask(Func<Task> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (_steps == 0)
        {
            base.RunTask(task);
            return;
        }

        _steps++;
        base.RunTask(async () =>
        {
            try
            {
                await task().ConfigureAwait(true);
            }
            finally
            {
                FinishStep();
            }
        });
    }

    private void Begin(Ws.Opened opened)
    {
        Connection = opened.Connection;

        // What the one before had asked for still counts.
        if (!opened.IsRestart)
        {
            Connection.Tell(new Ws.Demand(Window), Self);
        }
    }

    private void Watch()
    {
        if (_stash is null && this is IActorStash { Stash: { } stash } stashing)
        {
            stashing.Stash = _stash = stash as TrackedStash ?? new TrackedStash(stash, (ActorCell)Context, handlerContext: null);
        }
    }

    private void FinishStep()
    {
        if (--_steps == 0)
        {
            Ask(dealtWith: 1);
        }
    }

    /// <summary>
    /// Asks for as many messages more as it is done with. What is stashed comes again: a stash is no larger than the window.
    /// </summary>
    private void Ask(int dealtWith)
    {
        var more = _stash?.CountHandled(dealtWith) ?? dealtWith;
        if (more > 0)
        {
            Connection.Tell(more == 1 ? Ws.Demand.One : new Ws.Demand(more), Self);
        }
    }
}
