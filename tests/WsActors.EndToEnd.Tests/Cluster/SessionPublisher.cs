using Akka.Actor;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>
/// Delivers numbered messages to one session, and repeats each until it is acknowledged: several at once, and all again from the first
/// missing one. The behavior of an application's publisher.
/// </summary>
internal sealed class SessionPublisher : UntypedActor, IWithTimers
{
    /// <summary>Publishes a number of further messages.</summary>
    public sealed record Issue(int Count);

    /// <summary>Answered with <see cref="Figures"/>.</summary>
    public sealed record Ask
    {
        private Ask()
        {
        }

        public static Ask Instance { get; } = new();
    }

    /// <param name="Issued">Messages that were to be published.</param>
    /// <param name="Delivered">The messages that the session has taken: from the first to this one.</param>
    /// <param name="Retries">The number of repeated deliveries.</param>
    /// <param name="Failed">Why one was not taken; null while none was.</param>
    public sealed record Figures(long Issued, long Delivered, long Retries, string? Failed);

    private sealed record Silence
    {
        private Silence()
        {
        }

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
    private long _sent;

    /// <summary>The last message that ever was.</summary>
    private long _last;

    /// <summary>The sequence that the session asked for last: it repeats that for each later message.</summary>
    private long _expected;

    private long _deliveredAtSilence;

    private long _retries;

    private string? _failed;

    public SessionPublisher(string session) => _session = session;

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the start.

    /// <summary>The messages of its client.</summary>
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
                (_expected, _sent) = (sequenceExpected.Sequence, _delivered);
                break;
            case Ws.SequenceExpected: break; // Heard before.
            case Ws.DeliverFailed failed: _failed ??= $"{failed.Sequence} of {_session}: {failed.Reason}"; break;
            case Silence:
                _sent = _delivered == _deliveredAtSilence ? _delivered : _sent;
                (_deliveredAtSilence, _expected) = (_delivered, 0);
                break;
            case Ask: Sender.Tell(new Figures(_issued, _delivered, _retries, _failed)); break;
            default: Unhandled(message); break;
        }

        while (_sent < _issued && _sent < _delivered + Window)
        {
            Tell(++_sent);
        }
    }

    /// <summary>All up to a message are in the session's log.</summary>
    private void Note(long sequence)
    {
        _delivered = Math.Max(_delivered, sequence);
        _sent = Math.Max(_sent, _delivered);
    }

    private void Tell(long sequence)
    {
        _retries += sequence <= _last ? 1 : 0;
        _last = Math.Max(_last, sequence);
        var message = Ws.Send.Text(TextOf(_session, sequence));
        _sessions.Tell(new Ws.Deliver { SessionId = _session, Publisher = Name, Sequence = sequence, Message = message }, Self);
    }
}
