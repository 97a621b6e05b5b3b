using System.Net;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using WsActors.Protocol;

namespace WsActors.Hosting.Admin;

/// <summary>
/// Serves one open admin page. Questions go to the manager, one of each type at a time. An answer that the page does not read keeps back
/// the next one of its type, so nothing piles up.
/// </summary>
internal sealed class AdminActor : WebSocketHandler, IWithTimers
{
    /// <summary>The close code for a wrong token, or none in time; the page asks for another.</summary>
    public const int Unauthorized = Ws.ExpiredCode;

    /// <summary>The time in which the token must come.</summary>
    public static readonly TimeSpan TokenTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The delay of the answer to a wrong token. Its connection counts as waiting meanwhile.</summary>
    public static readonly TimeSpan WrongTokenDelay = TimeSpan.FromSeconds(1);

    /// <summary>The least time between two questions of one type.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Most messages of a page in a second; past it 1008.</summary>
    public const int MaxMessagesPerSecond = 50;

    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(10);

    private readonly AdminSettings _settings;

    private readonly AdminNames _names = new(Context.System);

    private readonly TimeProvider _time =
        Context.System.Settings.Setup.Get<WebSocketSetup>() is { HasValue: true, Value.Time: { } time } ? time : TimeProvider.System;

    private readonly ILogger _log = AdminLog.Of(Context.System);

    private readonly IActorRef _manager = Context.System.WebSockets().Manager;

    private readonly AdminQuestions _questions;

    private readonly Dictionary<Type, QuestionSlot> _slots = [];

    /// <summary>The types of the actions that run.</summary>
    private readonly HashSet<Type> _running = [];

    /// <summary>The tap of the page; null without one.</summary>
    private IActorRef? _tap;

    /// <summary>The sessions of the last answer.</summary>
    private Dictionary<string, IActorRef> _sessions = [];

    private IPAddress _address = IPAddress.None;

    /// <summary>The actions; null while the token is missing.</summary>
    private AdminActions? _actions;

    /// <summary>Whether the connection was told to close: nothing more is read.</summary>
    private bool _isClosing;

    /// <summary>Messages since the last tick.</summary>
    private int _messages;

    public AdminActor(AdminSettings settings)
    {
        _settings = settings;
        _questions = new AdminQuestions(_names, _time, settings.PageSize);
    }

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the constructor.

    public static Props PropsFor(AdminSettings settings) => Props.Create<AdminActor>(settings).WithDeploy(Deploy.Local);

    protected override void PostStop() => _settings.Gate.Leave(Self);

    protected override void OnOpened(Ws.Opened opened)
    {
        _address = opened.Request.ClientAddress;
        Timers.StartPeriodicTimer(Second.Instance, Second.Instance, TimeSpan.FromSeconds(1));
        if (opened.IsRestart)
        {
            // Whether the page had sent the token is lost with the failed instance.
            Close(CloseCode.InternalError, "the server of this page failed; connect again");
            return;
        }

        if (_settings.Token is null)
        {
            Open(opened.User is { } user ? $"{user} ({AddressText})" : AddressText);
            return;
        }

        if (_settings.Gate.Wait(Self, _address) is { } evicted)
        {
            evicted.Tell(Evicted.Instance);
        }

        Timers.StartSingleTimer(TokenMissing.Late, TokenMissing.Late, TokenTimeout);
        Send(new AdminProtocol.TokenNeeded());
    }

    protected override void OnText(string text)
    {
        if (_isClosing)
        {
            return;
        }

        if (++_messages > MaxMessagesPerSecond)
        {
            Close(CloseCode.PolicyViolation, $"at most {MaxMessagesPerSecond} messages a second");
        }
        else if (text.Length > AdminProtocol.MaxLength)
        {
            Close(CloseCode.MessageTooBig, $"at most {AdminProtocol.MaxLength} characters");
        }
        else if (AdminProtocol.Parse(text) is { } request)
        {
            Handle(request);
        }
        else
        {
            Close(CloseCode.InvalidPayload, "not a message of the admin page");
        }
    }

    protected override void OnMessage(object message)
    {
        switch (message)
        {
            case Second: _messages = 0; break;
            case Evicted when _actions is null: Connection.Tell(PoisonPill.Instance, Self); break;
            case TokenMissing missing when _actions is null: Close(Unauthorized, missing.Reason); break;
            case Answered answered: Answer(answered); break;
            case Sent { Slot: var slot }: Complete(slot); break;
            case Ws.SendFailed { Send.Ack: Sent { Slot: var slot } }: Complete(slot); break;
            case PauseEnded { Slot: var slot }: EndPause(slot); break;
            case ActionEnded ended: EndAction(ended); break;
            case AdminTapActor.Ended when Sender.Equals(_tap): _tap = null; break;
            default: break; // events of the connection that need no answer
        }
    }

    // A handler is probed above half of this mark (Ws.Stats.UnhandledBytes).
    private static long BacklogFrom =>
        (Context.System.Settings.Config.GetByteSize("ws-actors.send-queue.pause-reading-above", 0) ?? 0) / 2;

    private static bool IsTapAllowed => Context.System.Settings.Config.GetBoolean("ws-actors.admin.allow-tap", false);

    private string AddressText => _address.Equals(IPAddress.None) ? "unix" : _address.ToString();

    private void Handle(AdminProtocol.Request request)
    {
        switch (request)
        {
            case AdminProtocol.Authenticate authenticate when _actions is null: Authenticate(authenticate.Token); break;
            case AdminProtocol.Question question when _actions is not null: Ask(question); break;
            case AdminProtocol.Action action when _actions is not null: Run(action, _actions); break;
            case AdminProtocol.StartTap start when _actions is not null: StartTap(start, _actions); break;
            case AdminProtocol.EndTap when _actions is not null: _tap?.Tell(AdminTapActor.Cancel.Instance, Self); break;
            default: Close(CloseCode.PolicyViolation, _actions is null ? "the token comes first" : "the token comes once"); break;
        }
    }

    private void Authenticate(string token)
    {
        if (_settings.Token?.Is(token) is true)
        {
            Timers.Cancel(TokenMissing.Late);
            Open($"token from {AddressText}");
            return;
        }

        _isClosing = true;
        _settings.WrongTokens.Add(_address, _log, _time);
        Timers.Cancel(TokenMissing.Late);
        Timers.StartSingleTimer(TokenMissing.Wrong, TokenMissing.Wrong, WrongTokenDelay);
    }

    private void Open(string who)
    {
        if (!_settings.Gate.TryOpen(Self))
        {
            Close(CloseCode.TryAgainLater, $"{AdminGate.MaxOpen} admin pages are open");
            return;
        }

        _actions = new AdminActions(_manager, _log, who);
        Send(new AdminProtocol.Welcome(who, _names.Self, _settings.PageSize, BacklogFrom, IsTapAllowed ? AdminTapActor.Bounds : null));
    }

    private void Ask(AdminProtocol.Question question)
    {
        if (!_slots.TryGetValue(question.GetType(), out var slot))
        {
            _slots.Add(question.GetType(), slot = new QuestionSlot());
        }

        slot.Add(question);
        StartNext(slot);
    }

    private void StartNext(QuestionSlot slot)
    {
        if (!slot.TryStart(out var question))
        {
            return;
        }

        Timers.StartSingleTimer(slot, new PauseEnded(slot), Pause);
        try
        {
            var operation = _questions.OperationOf(question);
            _manager.Ask<object>(operation, AskTimeout).PipeTo(
                Self,
                success: answer => new Answered(slot, question, answer),
                failure: error => new Answered(slot, question, new Status.Failure(error)));
        }
        catch (ArgumentException e)
        {
            Send(new AdminProtocol.Failed(question.Id, SentenceOf(e)), slot);
        }
    }

    private void Answer(Answered answered)
    {
        if (answered.Answer is Ws.SessionList list)
        {
            // A session that moves may be listed by two nodes.
            _sessions = list.Sessions
                .DistinctBy(static session => session.SessionId)
                .ToDictionary(static session => session.SessionId, static session => session.Session);
        }

        Send(_questions.AnswerOf(answered.Question, answered.Answer), answered.Slot);
    }

    private void Complete(QuestionSlot slot)
    {
        slot.Complete();
        StartNext(slot);
    }

    private void EndPause(QuestionSlot slot)
    {
        slot.EndPause();
        StartNext(slot);
    }

    private void Run(AdminProtocol.Action action, AdminActions actions)
    {
        if (!_running.Add(action.GetType()))
        {
            Send(new AdminProtocol.Failed(action.Id, "Another one of these actions still runs."));
            return;
        }

        try
        {
            Start(action, actions).PipeTo(
                Self,
                success: answer => new ActionEnded(action, answer),
                failure: error => new ActionEnded(action, new AdminProtocol.Failed(action.Id, error.Message)));
        }
        catch (ArgumentException e)
        {
            EndAction(new ActionEnded(action, new AdminProtocol.Failed(action.Id, SentenceOf(e))));
        }
    }

    private Task<AdminProtocol.Answer> Start(AdminProtocol.Action action, AdminActions actions) => action switch
    {
        AdminProtocol.CloseConnection { Id: var id, Connection: var text } close => actions.KickAsync(
            id, $"connection {text}", KickOf(_questions.ConnectionFilter(text), close.Code, close.Reason)),
        AdminProtocol.KickUser { Id: var id, User: var user } kick => actions.KickAsync(
            id, $"all of user {user}", KickOf(AdminQuestions.UserFilter(user), kick.Code, kick.Reason)),
        AdminProtocol.DrainNode { Id: var id, Node: var node } => Address.TryParse(node, out var address)
            ? actions.DrainAsync(id, address)
            : throw new ArgumentException("The text is not a node."),
        AdminProtocol.EndSession { Id: var id, Session: var name } => Task.FromResult(
            _sessions.TryGetValue(name, out var session)
                ? actions.End(id, name, session)
                : new AdminProtocol.Failed(id, "The session is not in the last list.")),
        _ => throw new ArgumentException("There is no such action."),
    };

    private static Ws.KickInCluster KickOf(Ws.ConnectionFilter filter, int code, string reason) =>
        new(filter, new Ws.Close(code, reason)) { Timeout = AdminQuestions.NodesTimeout };

    private void EndAction(ActionEnded ended)
    {
        _running.Remove(ended.Action.GetType());
        Send(ended.Answer);
    }

    private void StartTap(AdminProtocol.StartTap start, AdminActions actions)
    {
        var connection = _names.ConnectionOf(start.Connection);
        if (WhyNotTapped(connection) is { } reason)
        {
            Send(new AdminProtocol.Failed(start.Id, reason));
            return;
        }

        _tap = Context.ActorOf(AdminTapActor.PropsFor(start, connection!, Connection, actions)); // not null: there is no reason
    }

    private string? WhyNotTapped(IActorRef? connection) => connection switch
    {
        null => "The text is not a connection.",
        _ when _tap is not null => "Another tap of this page still runs.",
        _ when connection.Equals(Connection) => "A page cannot tap its own connection: each entry would make another.",
        _ => null,
    };

    private void Send(AdminProtocol.Answer answer, QuestionSlot? slot = null) => Connection.Tell(
        slot is null ? AdminProtocol.Encode(answer) : AdminProtocol.Encode(answer) with { Ack = new Sent(slot) }, Self);

    private void Close(int code, string reason)
    {
        _isClosing = true;
        Connection.Tell(new Ws.Close(code, reason), Self);
    }

    /// <summary>Without .NET's own words behind it.</summary>
    private static string SentenceOf(ArgumentException e) => e.ParamName is { } name
        ? e.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
        : e.Message;

    /// <summary>A second has passed.</summary>
    private sealed record Second
    {
        public static Second Instance { get; } = new();
    }

    /// <summary>The connection ends without a token.</summary>
    private sealed record TokenMissing(string Reason)
    {
        public static TokenMissing Late { get; } = new("no token came");

        public static TokenMissing Wrong { get; } = new("wrong token");
    }

    /// <summary>
    /// Another connection took the place at the gate. The connection is stopped, and awaits no close frame of its client: it would hold one
    /// of the node's places for <c>close-timeout</c> more, and strangers who never answer could take them all.
    /// </summary>
    private sealed record Evicted
    {
        public static Evicted Instance { get; } = new();
    }

    /// <summary>The manager has answered.</summary>
    private sealed record Answered(QuestionSlot Slot, AdminProtocol.Question Question, object Answer) : INoSerializationVerificationNeeded;

    /// <summary>The answer was sent; the acknowledgement of its <see cref="Ws.Send"/>.</summary>
    private sealed record Sent(QuestionSlot Slot) : INoSerializationVerificationNeeded;

    /// <summary>The pause of a type of questions has passed.</summary>
    private sealed record PauseEnded(QuestionSlot Slot) : INoSerializationVerificationNeeded;

    private sealed record ActionEnded(AdminProtocol.Action Action, AdminProtocol.Answer Answer) : INoSerializationVerificationNeeded;
}
