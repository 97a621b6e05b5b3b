using System.Diagnostics;
using Akka.Actor;
using WsActors.Handlers;
using WsActors.Protocol;
using WsActors.Protocol.Messages;
using WsActors.Tracing;

namespace WsActors;

/// <summary>
/// A handler of one connection that gets no more messages than it can handle: it demands a few messages, and one more whenever it has
/// handled one. While it is behind, its connection is not read, and TCP slows the client. Optional: any actor may handle a connection.
/// Mapped as one handler per connection; otherwise an actor like any other, with <c>Become</c>, stash and supervision.
/// </summary>
public abstract class WebSocketHandler : UntypedActor
{
    private static readonly Ws.Close NoText = new(CloseCode.UnsupportedData, "no text is taken here");

    private static readonly Ws.Close NoBinary = new(CloseCode.UnsupportedData, "only text is taken here");

    /// <summary>The number of open tasks of the current message, its receive included; zero between messages.</summary>
    private int _openTasks;

    /// <summary>Whether the current message has a span.</summary>
    private bool _hasSpan;

    /// <summary>The tracked stash; null until the first message, and for a handler without a stash.</summary>
    private TrackedStash? _stash;

    /// <summary>The connection, which takes commands. <c>Nobody</c> before <see cref="Ws.Opened"/>.</summary>
    protected IActorRef Connection { get; private set; } = ActorRefs.Nobody;

    /// <summary>Most messages that wait in its mailbox; at least 1. Read once per connection.</summary>
    protected virtual int Window => 16;

    /// <summary>The connection is open, or the handler was restarted after a failure: see <see cref="Ws.Opened.IsRestart"/>.</summary>
    protected virtual void OnOpened(Ws.Opened opened)
    {
    }

    /// <summary>A text message arrived. Without an override, the connection is closed with 1003 (RFC 6455 §7.4.1).</summary>
    protected virtual void OnText(string text) => Connection.Tell(NoText, Self);

    /// <summary>A binary message arrived; its bytes may be kept. Without an override, the connection is closed with 1003.</summary>
    protected virtual void OnBinary(ReadOnlyMemory<byte> payload) => Connection.Tell(NoBinary, Self);

    /// <summary>A chunk of a message arrived, on a route with <see cref="Routing.WebSocketRouteOptions.MaxChunkBytes"/>.</summary>
    protected virtual void OnChunk(Ws.ReceivedChunk chunk) => Unhandled(chunk);

    /// <summary>Any other message: events of the connection, and messages of other actors.</summary>
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
            case Ws.Received received: OnReceived(received); break;
            case Ws.ReceivedChunk chunk: OnChunk(chunk); break;
            case Ws.Opened opened: OnOpened(opened); break;
            case Ws.Closed closed: OnClosed(closed); break;
            default: OnMessage(message); break;
        }
    }

    private protected virtual void OnReceived(Ws.Received received)
    {
        if (received.Kind == MessageKind.Text)
        {
            OnText(received.Text);
        }
        else
        {
            OnBinary(received.Payload);
        }
    }

    /// <summary>Demands more messages, in any behavior.</summary>
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is Ws.Opened opened)
        {
            Start(opened);
        }

        TrackStash();
        var isDemanded = message is Ws.Received or Ws.ReceivedChunk;
        if (isDemanded)
        {
            // A restarted handler may get a message before Opened.
            Connection = ((Ws.IEvent)message).Connection;
            _openTasks = 1;
        }

        return isDemanded && Tracer.IsOn && TraceContexts.ActivityOf(message) is { IsStopped: false } span
            ? ReceiveTraced(receive, message, span)
            : ReceiveUntraced(receive, message, isDemanded);
    }

    /// <summary>
    /// Handles the current message in a task, as any actor may. The message counts as handled when the task has ended, even by a failure.
    /// </summary>
    /// <param name="task">The task; the actor handles no other message meanwhile.</param>
    protected new void RunTask(Func<Task> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (_openTasks == 0)
        {
            base.RunTask(task);
            return;
        }

        _openTasks++;
        if (_hasSpan && ((ActorCell)Context).CurrentMessage is { } message && TraceContexts.ActivityOf(message) is { } span)
        {
            RunTracedTask(task, message, span);
            return;
        }

        base.RunTask(async () =>
        {
            try
            {
                await task().ConfigureAwait(true);
            }
            finally
            {
                CompleteStep();
            }
        });
    }

    private bool ReceiveUntraced(Receive receive, object message, bool isDemanded)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
        finally
        {
            if (isDemanded)
            {
                CompleteStep();
            }
            else
            {
                Demand(handled: 0);
            }
        }
    }

    /// <summary>The span of the message is the current activity, in the task that the method starts as well.</summary>
    private bool ReceiveTraced(Receive receive, object message, Activity span)
    {
        var before = Activity.Current;
        Activity.Current = span;
        _hasSpan = true;
        try
        {
            return base.AroundReceive(receive, message);
        }
        catch (Exception e) when (Fail(span, e))
        {
            throw;
        }
        finally
        {
            CompleteStep(message, span);
            Activity.Current = before;
        }
    }

    private void RunTracedTask(Func<Task> task, object message, Activity span) => base.RunTask(async () =>
    {
        try
        {
            await task().ConfigureAwait(true);
        }
        catch (Exception e) when (Fail(span, e))
        {
            throw;
        }
        finally
        {
            CompleteStep(message, span);
        }
    });

    /// <summary>Marks a span as failed, as a filter that catches nothing.</summary>
    private static bool Fail(Activity span, Exception cause)
    {
        Tracer.SetError(span, cause.GetType().FullName ?? cause.GetType().Name);
        return false;
    }

    /// <summary>The span ends with the message. A stashed message has it until it was unstashed and handled.</summary>
    private void CompleteStep(object message, Activity span)
    {
        if (_openTasks == 1)
        {
            _hasSpan = false;
            if (_stash is not { HasCurrent: true })
            {
                Tracer.Stop(span);
                TraceContexts.Remove(message);
            }
        }

        CompleteStep();
    }

    private void Start(Ws.Opened opened)
    {
        Connection = opened.Connection;

        // The demand of the instance before the restart still counts.
        if (!opened.IsRestart)
        {
            Connection.Tell(new Ws.Demand(Window), Self);
        }
    }

    private void TrackStash()
    {
        if (_stash is null && this is IActorStash { Stash: { } stash } stashing)
        {
            stashing.Stash = _stash = stash as TrackedStash ?? new TrackedStash(stash, (ActorCell)Context, handlerContext: null);
        }
    }

    private void CompleteStep()
    {
        if (--_openTasks == 0)
        {
            Demand(handled: 1);
        }
    }

    /// <summary>
    /// Demands as many messages as were handled. Stashed messages count only once they are handled, so the stash holds no more than the
    /// window.
    /// </summary>
    private void Demand(int handled)
    {
        var more = _stash?.CountHandled(handled) ?? handled;
        if (more > 0)
        {
            Connection.Tell(more == 1 ? Ws.Demand.One : new Ws.Demand(more), Self);
        }
    }
}
