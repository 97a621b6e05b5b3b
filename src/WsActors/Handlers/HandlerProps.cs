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
/// The <c>Props</c> of a handler, which send it <see cref="Ws.Opened"/> again after a restart. A plain Tell would put it behind all waiting
/// messages: it is put at the head of the mailbox, between the end of the old actor and the first message of the new one.
/// </summary>
internal sealed class HandlerProps : Props, IPublisher
{
    // Templates. Most handlers name no dispatcher and no mailbox, and share one deploy. The scope is local: a handler lives beside its
    // connection, so akka.actor.serialize-creators does not check its arguments.
    private static readonly Deploy ThreadPool = DeployOn(HandlerDispatcher.Name);

    private static readonly Deploy Inline = DeployOn(InlineDispatcher.Name);

    private static readonly ConcurrentDictionary<Type, bool> MailboxRequirements = new();

    private readonly HandlerContext _handlerContext;

    private bool _isCreated;

    /// <summary>The stash of the last actor created; null when it has no tracked stash.</summary>
    private TrackedStash? _stash;

    private HandlerProps(Props handler, HandlerContext opened)
        : base(handler) => _handlerContext = opened;

    public PublishBacklog Backlog => _handlerContext.GetOrCreatePublishBacklog();

    /// <summary>
    /// The <c>Props</c> to create a handler from. A router's are left unchanged: they create its routees, which get any message.
    /// </summary>
    /// <param name="handler">The user's <c>Props</c>.</param>
    /// <param name="opened">The shared context of connection and handler.</param>
    /// <param name="system">The system whose settings describe mailboxes.</param>
    /// <param name="isInline">Whether it runs inline with its connection, unless it names a dispatcher or a mailbox itself.</param>
    public static Props Wrap(Props handler, HandlerContext opened, ActorSystem system, bool isInline = false)
    {
        if (handler.RouterConfig is not NoRouter)
        {
            return handler;
        }

        if (ReferenceEquals(handler.Deploy, Empty.Deploy) && !NeedsOwnMailbox(handler))
        {
            return new HandlerProps(handler, opened) { Deploy = isInline ? Inline : ThreadPool };
        }

        // Only our mailbox supports the watchdog, and no handler runs without a watchdog on the threads of the event pollers.
        var (ownMailbox, ownDispatcher) = (HasOwnMailbox(handler, system.Settings.Config), HasOwnDispatcher(handler));
        var props = ownMailbox ? handler : handler.WithMailbox(CompactMailbox.Path);
        var isOurs = !ownDispatcher && !ownMailbox;
        var wrapped = new HandlerProps(
            isOurs ? props.WithDispatcher(isInline ? InlineDispatcher.Name : HandlerDispatcher.Name) : props, opened);
        if (wrapped.Deploy.Scope == Deploy.NoScopeGiven)
        {
            // Not WithDeploy(Deploy.Local), which drops dispatcher and mailbox.
            wrapped.Deploy = wrapped.Deploy.WithScope(LocalScope.Instance);
        }

        return wrapped;
    }

    /// <summary>Whether the actor is a <see cref="WebSocketHandler"/>; false without <c>Props</c>.</summary>
    public static bool IsWebSocketHandler(Props? handler) => typeof(WebSocketHandler).IsAssignableFrom(handler?.Type);

    /// <summary>Whether the actor or its dispatcher specifies a mailbox.</summary>
    public static bool HasOwnMailbox(Props handler, Config config) =>
        handler.Mailbox != Deploy.NoMailboxGiven
        || (HasOwnDispatcher(handler) && HasMailbox(config.GetConfig(handler.Dispatcher)))
        || NeedsOwnMailbox(handler);

    // Runs in the handler's context and on its thread. Akka unstashes all after PreRestart, unless that throws.
    public override ActorBase NewActor()
    {
        var cell = InternalCurrentActorCellKeeper.Current!;
        if (_isCreated)
        {
            _stash?.UnstashForRestart();
            ReplayOpened(cell);
        }

        (_isCreated, _stash) = (true, null);
        var handler = base.NewActor();
        if (handler is IActorStash { Stash: null } stashing)
        {
            // Akka sets a stash next if the actor has none.
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

    /// <summary>
    /// Whether <see cref="Ws.Closed"/> is still in the mailbox. If the handler has handled it, it is not sent <see cref="Ws.Opened"/>
    /// again.
    /// </summary>
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

    private static Deploy DeployOn(string dispatcher) =>
        Empty.WithMailbox(CompactMailbox.Path).WithDispatcher(dispatcher).Deploy.WithScope(LocalScope.Instance);

    private static bool HasOwnDispatcher(Props handler) => handler.Deploy.Dispatcher != Deploy.NoDispatcherGiven;

    private static bool NeedsOwnMailbox(Props handler) => MailboxRequirements.GetOrAdd(
        handler.Type,
        static type => Array.Exists(
            type.GetInterfaces(), static i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequiresMessageQueue<>)));

    private static bool HasMailbox(Config? dispatcher) =>
        dispatcher is not null && (dispatcher.GetString("mailbox-type", "") + dispatcher.GetString("mailbox-requirement", "")).Length > 0;
}
