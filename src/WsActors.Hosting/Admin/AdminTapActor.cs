using Akka.Actor;

namespace WsActors.Hosting.Admin;

/// <summary>
/// One tap of a page: tells the page the frames and events of a connection, one message in flight. The entries meanwhile wait: no more
/// than the tap's bounds. Child of its <see cref="AdminActor"/>, which stops with the page; the tap of the connection then ends, too.
/// </summary>
internal sealed class AdminTapActor : UntypedActor, IWithTimers
{
    /// <summary>The bounds of each tap of a page.</summary>
    public static readonly AdminProtocol.TapBounds Bounds = new(Seconds: 30, Entries: 500, Payload: 64);

    private const int MaxEntriesPerMessage = 100;

    /// <summary>The limit of <see cref="Ws.Tap.Who"/>.</summary>
    private const int MaxWhoLength = 256;

    /// <summary>The time of the node for its answer; also past the end of the tap.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly AdminProtocol.StartTap _request;

    private readonly Ws.Tap _tap;

    private readonly IActorRef _page;

    private readonly AdminActions _actions;

    /// <summary>The tap, for the log.</summary>
    private readonly string _what;

    private readonly IActorRef _manager = Context.System.WebSockets().Manager;

    /// <summary>The entries that the page was not sent yet.</summary>
    private readonly Queue<AdminProtocol.TapEntry> _waiting = [];

    /// <summary>Whether entries were sent, and the page has not read them yet.</summary>
    private bool _isSending;

    private bool _isStarted;

    /// <summary>Whether the page has ended the tap.</summary>
    private bool _isCancelled;

    /// <summary>Whether the log has the result.</summary>
    private bool _isLogged;

    /// <summary>The end, told once no entry waits; null before.</summary>
    private AdminProtocol.TapEnded? _end;

    /// <param name="request">The page's message.</param>
    /// <param name="connection">The connection to tap.</param>
    /// <param name="page">The connection of the page.</param>
    /// <param name="actions">The log of the page, and its name there.</param>
    public AdminTapActor(AdminProtocol.StartTap request, IActorRef connection, IActorRef page, AdminActions actions)
    {
        (_request, _page, _actions) = (request, page, actions);
        _what = $"tap connection {request.Connection}{(request.Payload ? " with payloads" : "")}";
        _tap = new Ws.Tap(connection)
        {
            Duration = TimeSpan.FromSeconds(Bounds.Seconds),
            MaxEntries = Bounds.Entries,
            Payload = request.Payload ? Bounds.Payload : 0,
            Who = actions.Who.Length <= MaxWhoLength ? actions.Who : actions.Who[..MaxWhoLength],
        };
    }

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the constructor.

    public static Props PropsFor(AdminProtocol.StartTap request, IActorRef connection, IActorRef page, AdminActions actions) =>
        Props.Create<AdminTapActor>(request, connection, page, actions).WithDeploy(Deploy.Local);

    protected override void PreStart()
    {
        _actions.Log(_what, "asked");
        _manager.Tell(_tap, Self);
        AwaitAnswer(TimeSpan.Zero);
    }

    protected override void PostStop()
    {
        if (!_isLogged)
        {
            LogResult("ended: the page has closed.");
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Ws.TapStarted: OnStarted(); break;
            case Ws.TappedFrame frame: Add(EntryOf(frame)); break;
            case Ws.TappedEvent one: Add(EntryOf(one)); break;
            case Ws.TapEnded ended: End(SentenceOf(ended)); break;
            case Status.Failure { Cause: { } cause } when !_isStarted: Fail(cause.Message); break;
            case Cancel: OnCancelled(); break;
            case Sent or Ws.SendFailed: OnSent(); break;
            case NoAnswer when _isStarted: End("The connection's node did not tell the end."); break;
            case NoAnswer: Fail($"No answer came within {AnswerTimeout.TotalSeconds} s."); break;
            default: break; // The tap had ended before it was cancelled.
        }
    }

    private void OnStarted()
    {
        _isStarted = true;
        AwaitAnswer(_tap.Duration);
        Send(new AdminProtocol.Done(_request.Id, "The tap has started.", []));
        if (_isCancelled)
        {
            EndTap();
        }
    }

    /// <summary>Until the tap has started, the connection may have another operator's, which <see cref="Ws.EndTap"/> would end.</summary>
    private void OnCancelled()
    {
        if (_isStarted && !_isCancelled && _end is null)
        {
            EndTap();
        }

        _isCancelled = true;
    }

    private void EndTap()
    {
        _manager.Tell(new Ws.EndTap(_tap.Connection), Self);
        AwaitAnswer(TimeSpan.Zero);
    }

    private void Add(AdminProtocol.TapEntry entry)
    {
        if (_end is null)
        {
            _waiting.Enqueue(entry);
            SendNext();
        }
    }

    private void OnSent()
    {
        _isSending = false;
        SendNext();
    }

    private void SendNext()
    {
        if (_isSending)
        {
            return;
        }

        if (_waiting.Count > 0)
        {
            _isSending = true;
            var entries = new List<AdminProtocol.TapEntry>();
            while (entries.Count < MaxEntriesPerMessage && _waiting.TryDequeue(out var entry))
            {
                entries.Add(entry);
            }

            _page.Tell(AdminProtocol.Encode(new AdminProtocol.Tapped(_request.Id, entries)) with { Ack = Sent.Instance }, Self);
        }
        else if (_end is not null)
        {
            Stop(_end);
        }
    }

    private void End(string text)
    {
        if (_end is null)
        {
            Timers.Cancel(NoAnswer.Instance);
            LogResult($"ended: {text}");
            _end = new AdminProtocol.TapEnded(_request.Id, text);
            SendNext();
        }
    }

    private void Fail(string reason)
    {
        LogResult($"failed: {reason}");
        Stop(new AdminProtocol.Failed(_request.Id, reason));
    }

    private void LogResult(string result)
    {
        _isLogged = true;
        _actions.Log(_what, result);
    }

    /// <summary>The page may ask for the next tap at once, so the server of the page is told first.</summary>
    private void Stop(AdminProtocol.Answer last)
    {
        Context.Parent.Tell(Ended.Instance, Self);
        Send(last);
        Context.Stop(Self);
    }

    private void Send(AdminProtocol.Answer answer) => _page.Tell(AdminProtocol.Encode(answer), Self);

    private void AwaitAnswer(TimeSpan after) =>
        Timers.StartSingleTimer(NoAnswer.Instance, NoAnswer.Instance, after + AnswerTimeout);

    private string SentenceOf(Ws.TapEnded ended)
    {
        var why = ended.Reason switch
        {
            Ws.TapEndReason.Time => $"{Bounds.Seconds} s are over",
            Ws.TapEndReason.Entries => $"{Bounds.Entries} entries were shown",
            Ws.TapEndReason.Closed => "the connection has closed",
            Ws.TapEndReason.Cancelled => _isCancelled ? "stopped" : "stopped by another operator",
            _ => $"{ended.Reason}",
        };
        return $"{Count(ended.Frames, "frame")}, {Count(ended.Events, "event")}: {why}.";
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";

    private AdminProtocol.TapFrame EntryOf(Ws.TappedFrame frame) => new(
        frame.At.ToUnixTimeMilliseconds(),
        frame.Direction,
        frame.Opcode,
        frame.Fin,
        frame.Rsv1,
        frame.Length,
        _request.Payload ? Convert.ToHexStringLower(frame.Payload.Span) : null);

    private static AdminProtocol.TapEvent EntryOf(Ws.TappedEvent one) => one.Kind == Ws.TapEventKind.Closed
        ? new(one.At.ToUnixTimeMilliseconds(), one.Kind, Code: one.Code, Reason: one.Reason, By: one.By)
        : new(one.At.ToUnixTimeMilliseconds(), one.Kind, Count: one.Count);

    /// <summary>Told by the page's server: the page ends the tap.</summary>
    public sealed record Cancel
    {
        public static Cancel Instance { get; } = new();
    }

    /// <summary>Told the page's server: the tap of the sender has ended, and the page may have another.</summary>
    public sealed record Ended
    {
        public static Ended Instance { get; } = new();
    }

    /// <summary>Entries were sent; the acknowledgement of their <see cref="Ws.Send"/>.</summary>
    private sealed record Sent
    {
        public static Sent Instance { get; } = new();
    }

    /// <summary>The node of the connection has not answered in time.</summary>
    private sealed record NoAnswer
    {
        public static NoAnswer Instance { get; } = new();
    }
}
