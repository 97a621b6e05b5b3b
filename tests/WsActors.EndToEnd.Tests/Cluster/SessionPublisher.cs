using Akka.Actor;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>
/// Numbers messages to one session, and tells each until it hears that it was taken: several at once, and all again from the first one that is
/// missing. What a publisher of an application would do.
/// </summary>
internal sealed class SessionPublisher : UntypedActor, IWithTimers
{
    /// <summary>Publish so many more.</summary>
    public sealed record Issue(int Count);

    /// <summary>Answered with <see cref="Figures"/>.</summary>
    public sealed record Ask
    {
        public static Ask Instance { get; } = new();
    }

    /// <param name="Issued">Messages that were to be published.</param>
    /// <param name="Delivered">Those that the session has taken: from the first to this one.</param>
    /// <param name="Retries">How often one was told again.</param>
    /// <param name="Failed">Why one was not taken; null while none was.</param>
    public sealed record Figures(long Issued, long Delivered, long Retries, string? Failed);

    private sealed record Silence
    {
        public static Silence Instance { get; } = new();
    }

    private const string Name = "rolling";

    /// <summary>Most messages that are told and not answered.</summary>
    private const int Window = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly IActorRef _sessions = Context.System.WebSockets().Sessions;

    private readonly string _session;

    private long _issued;

    private long _delivered;

    /// <summary>The last message that was told.</summary>
    private long _told;

    /// <summary>The last message that ever was.</summary>
    private long _last;

    /// <summary>What the session asked for last: it says so once for each message behind.</summary>
    private long _expected;

    private long _deliveredAtSilence;

    private long _retries;

    private string? _failed;

    public SessionPublisher(string session) => _session = session;

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the start.

    /// <summary>What its client gets.</summary>
    public static string TextOf(string session, long sequence) => $"{session} {sequence}";

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Silence), Silence.Instance, Patience);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Issue issue: _issued += issue.Count; break;
            case Ws.Delivered delivered: Note(delivered.Sequence); break;
            case Ws.SequenceExpected sequenceExpected when sequenceExpected.Sequence > _delivered && sequenceExpected.Sequence != _expected:
                Note(sequenceExpected.Sequence - 1);
                (_expected, _told) = (sequenceExpected.Sequence, _delivered);
                break;
            case Ws.SequenceExpected: break; // Heard before.
            case Ws.DeliverFailed failed: _failed ??= $"{failed.Sequence} of {_session}: {failed.Reason}"; break;
            case Silence:
                _told = _delivered == _deliveredAtSilence ? _delivered : _told;
                (_deliveredAtSilence, _expected) = (_delivered, 0);
                break;
            case Ask: Sender.Tell(new Figures(_issued, _delivered, _retries, _failed)); break;
            default: Unhandled(message); break;
        }

        while (_told < _issued && _told < _delivered + Window)
        {
            Tell(++_told);
        }
    }

    /// <summary>All up to a message are in the session's log.</summary>
    private void Note(long sequence)
    {
        _delivered = Math.Max(_delivered, sequence);
        _told = Math.Max(_told, _delivered);
    }

    private void Tell(long sequence)
    {
        _retries += sequence <= _last ? 1 : 0;
        _last = Math.Max(_last, sequence);
        _sessions.Tell(new Ws.Deliver(_session, Name, sequence, Ws.Send.Text(TextOf(_session, sequence))), Self);
    }
}
