using Akka.Actor;

namespace WsActors.Runtime;

/// <summary>
/// Scans of all connections, topics or sessions of a node, beside the actors that own them: of 100,000, a scan takes these no longer than
/// the copy of an array. One scan runs at a time. One for each actor system; any thread.
/// </summary>
internal sealed class Scans
{
    /// <summary>Most scans that wait, each with a copy.</summary>
    public const int MaxWaiting = 16;

    private readonly IActorRef _actor;

    private int _waiting;

    /// <param name="system">The system.</param>
    /// <param name="name">The name of their actor.</param>
    public Scans(ExtendedActorSystem system, string name) =>
        _actor = system.SystemActorOf(ScansActor.PropsFor(() => Interlocked.Decrement(ref _waiting)), name);

    /// <summary>Starts a scan, whose result is the answer; too many scans are answered with <see cref="Status.Failure"/>.</summary>
    /// <inheritdoc cref="TryRun"/>
    public void Run<T>(Func<T> copy, Func<T, object> scan, IActorRef asker)
    {
        if (!TryRun(copy, scan, asker))
        {
            asker.Tell(new Status.Failure(new InvalidOperationException($"{MaxWaiting} lists wait already; try again later.")), _actor);
        }
    }

    /// <summary>Starts a scan, whose result is the answer, unless too many wait.</summary>
    /// <param name="copy">Copies what is scanned; runs at once.</param>
    /// <param name="scan">The scan of the copy; runs on another thread.</param>
    /// <param name="asker">Gets the answer.</param>
    /// <returns>False when too many wait: nothing is copied.</returns>
    public bool TryRun<T>(Func<T> copy, Func<T, object> scan, IActorRef asker)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }

        var copied = copy();
        _actor.Tell(new ScansActor.Scan(() => scan(copied)), asker);
        return true;
    }
}
