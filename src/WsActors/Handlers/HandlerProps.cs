using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;
using Akka.Routing;
using WsActors.Dispatch;
using WsActors.Topics;
using WsActors.Transport.Polling;

namespace WsActors.Handlers;

/// <summary>
/// A handler's Props, that tell it <see cref="Ws.Opened"/> again when it restarts after a failure. Whatever waits in its mailbox would be
/// ahead of a plain Tell, so it goes to the head of it, in the moment between the old actor's end and the new one's first message.
/// </summary>
internal sealed class HandlerProps : Props, IPublisher
{
    // Patterns: nothing is made by them. Most handlers leave it to us where they run, and share what says so. A handler lives beside its
    // connection: akka.actor.serialize-creators does not look at what it is made with.
    private static readonly Deploy OnThePool = Empty.WithMailbox(CompactMailbox.Path).Deploy.WithScope(LocalScope.Instance);

    private static readonly Deploy Inline =
        Empty.WithMailbox(CompactMailbox.Path).WithDispatcher(InlineDispatcher.Name).Deploy.WithScope(LocalScope.Instance);

    private static readonly ConcurrentDictionary<Type, bool> WantsMailbox = new();

    private readonly HandlerContext _handlerContext;

    private bool _isMade;

    /// <summary>Of the last actor made; null when that has none of ours.</summary>
    private TrackedStash? _stash;

    private HandlerProps(Props handler, HandlerContext opened)
        : base(handler) => _handlerContext = opened;

    public PublishBacklog Backlog => _handlerContext.GetOrCreatePublishBacklog();

    /// <summary>The Props to make a handler with. A router's stay as they are: they make its routees, whom it tells what it likes.</summary>
    /// <param name="handler">As the user gave them.</param>
    /// <param name="opened">What the handler was told.</param>
    /// <param name="system">Whose settings say what a mailbox is.</param>
    /// <param name="isInline">Whether it runs where connections do, unless it names a dispatcher or a mailbox itself.</param>
    public static Props Wrap(Props handler, HandlerContext opened, ActorSystem system, bool isInline = false)
    {
        if (handler.RouterConfig is not NoRouter)
        {
            return handler;
        }

        if (ReferenceEquals(handler.Deploy, Empty.Deploy) && !NeedsOwnMailbox(handler))
        {
            return new HandlerProps(handler, opened) { Deploy = isInline ? Inline : OnThePool };
        }

        // Only a mailbox of ours can be watched, and nothing runs unwatched on the threads that wait for sockets.
        var (ownMailbox, ownDispatcher) = (HasOwnMailbox(handler, system.Settings.Config), HasOwnDispatcher(handler));
        var props = ownMailbox ? handler : handler.WithMailbox(CompactMailbox.Path);
        var watched = new HandlerProps(isInline && !ownDispatcher && !ownMailbox ? props.WithDispatcher(InlineDispatcher.Name) : props, opened);
        if (watched.Deploy.Scope == Deploy.NoScopeGiven)
        {
            // Not WithDeploy(Deploy.Local): that drops dispatcher and mailbox.
            watched.Deploy = watched.Deploy.WithScope(LocalScope.Instance);
        }

        return watched;
    }

    /// <summary>Whether the actor, or its dispatcher, says what mailbox it has.</summary>
    public static bool HasOwnMailbox(Props handler, Config config) =>
        handler.Mailbox != Deploy.NoMailboxGiven
        || (HasOwnDispatcher(handler) && HasMailbox(config.GetConfig(handler.Dispatcher)))
        || NeedsOwnMailbox(handler);

    // In the handler's own context and on its thread. Akka puts the stash back after PreRestart, unless that throws.
    public override ActorBase NewActor()
    {
        var cell = InternalCurrentActorCellKeeper.Current!;
        if (_isMade)
        {
            _stash?.UnstashForRestart();
            ReplayOpened(cell);
        }

        (_isMade, _stash) = (true, null);
        var handler = base.NewActor();
        if (handler is IActorStash { Stash: null } stashing)
        {
            // Akka gives one to an actor that has none, next.
            _stash = new TrackedStash(cell.CreateStash(handler.GetType()), cell, _handlerContext);
            stashing.Stash = _stash;
        }

        return handler;
    }

    protected override Props Copy() => new HandlerProps(this, _handlerContext);

    private void ReplayOpened(ActorCell handler)
    {
        var queue = handler.Mailbox?.MessageQueue as IDequeBasedMessageQueueSemantics;
        if (_handlerContext.Opened is not { } opened || (_handlerContext.IsClosed && !HasClosed(queue)))
        {
            return;
        }

        var again = new Envelope(opened with { IsRestart = true }, opened.Connection);
        if (queue is not null)
        {
            queue.EnqueueFirst(again);
        }
        else
        {
            handler.Self.Tell(again.Message, again.Sender);
        }
    }

    /// <summary>Whether the end of the connection waits to be told. Who has dealt with that begins no more.</summary>
    private static bool HasClosed(IDequeBasedMessageQueueSemantics? queue)
    {
        var waiting = new Stack<Envelope>();
        while (queue is IMessageQueue all && all.TryDequeue(out var next))
        {
            waiting.Push(next);
        }

        var hasClosed = waiting.Any(static envelope => envelope.Message is Ws.Closed);
        while (waiting.TryPop(out var last))
        {
            queue!.EnqueueFirst(last);
        }

        return hasClosed;
    }

    private static bool HasOwnDispatcher(Props handler) => handler.Deploy.Dispatcher != Deploy.NoDispatcherGiven;

    private static bool NeedsOwnMailbox(Props handler) => WantsMailbox.GetOrAdd(
        handler.Type,
        static type => type.GetInterfaces().Any(static role => role.IsGenericType && role.GetGenericTypeDefinition() == typeof(IRequiresMessageQueue<>)));

    private static bool HasMailbox(Config? dispatcher) =>
        dispatcher is not null && (dispatcher.GetString("mailbox-type", "") + dispatcher.GetString("mailbox-requirement", "")).Length > 0;
}
