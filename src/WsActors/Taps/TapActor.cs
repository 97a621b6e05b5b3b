using Akka.Actor;
using Akka.Event;
using WsActors.Runtime;

namespace WsActors.Taps;

/// <summary>
/// One tap: attaches it to its connection, passes frames and events on to its receiver, and ends it. A slow receiver cannot fill memory:
/// the connection tells no more than the tap's bounds. It logs the start and the end, and never a payload.
/// </summary>
internal sealed class TapActor(TapsActor.Request request, IActorRef receiver, ILoggingAdapter log, Clock clock) : UntypedActor
{
    /// <summary>Ends the tap for its sender.</summary>
    internal sealed record Cancel : INoSerializationVerificationNeeded
    {
        private Cancel()
        {
        }

        public static Cancel Instance { get; } = new();
    }

    private sealed record TimedOut : INoSerializationVerificationNeeded
    {
        private TimedOut()
        {
        }

        public static TimedOut Instance { get; } = new();
    }

    private readonly IActorRef _connection = request.Tap.Connection;

    private bool _isAttached;

    private int _frames;

    private int _events;

    private ICancelable? _deadline;

    public static Props PropsFor(TapsActor.Request request, IActorRef receiver, ILoggingAdapter log, Clock clock) =>
        Props.Create<TapActor>(request, receiver, log, clock).WithDeploy(Deploy.Local);

    protected override void PreStart()
    {
        Context.Watch(receiver);
        Context.Watch(_connection);
        _connection.Tell(new ConnectionTap.Attach(request.Tap), Self);
        _deadline = clock.TellOnce(Context.System.Scheduler, request.Tap.Duration, Self, TimedOut.Instance);
    }

    protected override void PostStop()
    {
        _deadline?.Cancel();
        _connection.Tell(ConnectionTap.Detach.Instance, Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Ws.TappedFrame:
                _frames++;
                receiver.Tell(message, Self);
                break;
            case Ws.TappedEvent:
                _events++;
                receiver.Tell(message, Self);
                break;
            case ConnectionTap.Attached: OnAttached(); break;
            case ConnectionTap.Ended ended: End(ended.Reason); break;
            case TimedOut: End(Ws.TapEndReason.Time); break;
            case Terminated terminated when terminated.ActorRef.Equals(receiver): End(Ws.TapEndReason.ReceiverStopped); break;
            case Terminated: End(Ws.TapEndReason.Closed); break;
            case Cancel: End(Ws.TapEndReason.Cancelled); break;
            default: Unhandled(message); break;
        }
    }

    private void OnAttached()
    {
        _isAttached = true;
        log.Info(
            "A tap of {Connection} ({Route}) starts, asked for by {Asker} ({Who}), for {Duration} s, {Payloads}",
            _connection.Path.Name,
            request.Route,
            TapsActor.NameOf(receiver),
            TapsActor.WhoOf(request.Tap),
            request.Tap.Duration.TotalSeconds,
            request.Tap.Payload > 0 ? $"with {request.Tap.Payload} bytes of each payload" : "without payloads");
        receiver.Tell(new Ws.TapStarted { Connection = _connection }, Self);
    }

    private void End(Ws.TapEndReason reason)
    {
        // The receiver is told after this, and may ask for the next tap at once.
        Context.Parent.Tell(TapsActor.TapHasEnded.Instance, Self);
        if (!_isAttached)
        {
            receiver.Tell(TapsActor.Failure(TapsActor.NoSuchConnection), Self);
        }
        else
        {
            log.Info(
                "The tap of {Connection} by {Asker} ended ({Reason}) after {Frames} frames and {Events} events",
                _connection.Path.Name,
                TapsActor.NameOf(receiver),
                IsEndedByAnother(reason) ? $"{reason} by {TapsActor.NameOf(Sender)}" : $"{reason}",
                _frames,
                _events);
            Tell(new Ws.TapEnded { Connection = _connection, Reason = reason, Frames = _frames, Events = _events }, reason);
        }

        Context.Stop(Self);
    }

    private bool IsEndedByAnother(Ws.TapEndReason reason) => reason == Ws.TapEndReason.Cancelled && !Sender.Equals(receiver);

    private void Tell(Ws.TapEnded ended, Ws.TapEndReason reason)
    {
        receiver.Tell(ended, Self);
        if (IsEndedByAnother(reason))
        {
            Sender.Tell(ended, Self);
        }
    }
}
