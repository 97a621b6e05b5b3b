using Akka.Actor;

namespace WsActors.Tests;

/// <summary>
/// An ordinary handler that stashes its messages until it is told otherwise. It forwards the handled ones to the probe; it handles a
/// message that starts with "now" at once.
/// </summary>
internal sealed class Stasher : ReceiveActor, IWithUnboundedStash
{
    private int _credit;

    private bool _failsToRestart;

    public Stasher(IActorRef probe)
    {
        Receive<Ws.Opened>(opened => probe.Tell(opened.IsRestart ? "opened again" : "opened"));
        Receive<Ws.Received>(received =>
        {
            if (_credit > 0 || received.Text.StartsWith("now", StringComparison.Ordinal))
            {
                _credit -= _credit > 0 ? 1 : 0;
                probe.Tell(received.Text);
            }
            else
            {
                Stash.Stash();
            }
        });
        Receive<string>(static command => command == "fail", static _ => throw new InvalidOperationException("told to fail"));
        Receive<string>(static command => command == "fail twice", _ =>
        {
            _failsToRestart = true;
            throw new InvalidOperationException("told to fail, and again in PreRestart");
        });
        Receive<string>(static command => command == "clear", _ => Stash.ClearStash());
        Receive<string>(static command => command == "count", _ => probe.Tell(Stash.Count));
        Receive<string>(static command => command == "one", _ =>
        {
            _credit = 1;
            Stash.Unstash();
        });
        Receive<string>(static command => command == "all", _ =>
        {
            _credit = int.MaxValue;
            Stash.UnstashAll();
        });
        ReceiveAny(static _ => { });
    }

    public IStash Stash { get; set; } = null!;

    protected override void PreRestart(Exception reason, object message)
    {
        if (_failsToRestart)
        {
            throw new InvalidOperationException("fails in PreRestart");
        }

        base.PreRestart(reason, message);
    }
}
