using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace WsActors.Cluster;

/// <summary>
/// A node that shuts down leaves the cluster once downing has decided about each unreachable node, or the time of the phase is over.
/// Akka's resolver does not count a leaving node: with another dead, it downs all three of three nodes, or the last one downs itself.
/// </summary>
internal static class AwaitDowning
{
    /// <summary>A phase of ours, of cluster.conf: behind the move of sessions, before <c>cluster-leave</c>.</summary>
    private const string Phase = "before-cluster-leave";

    private const string StableAfter = "akka.cluster.split-brain-resolver.stable-after";

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>Adds the wait to a system's shutdown, if it was made with cluster.conf and has a downing provider.</summary>
    public static void OnShutdown(ActorSystem system)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        if (!system.Settings.Config.HasPath($"akka.coordinated-shutdown.phases.{Phase}") || cluster.DowningProvider is NoDowning)
        {
            return;
        }

        var (shutdown, log) = (CoordinatedShutdown.Get(system), Logging.GetLogger(system, typeof(AwaitDowning)));
        WarnIfTooShort(shutdown.Timeout(Phase), system.Settings.Config.GetTimeSpan(StableAfter), log);
        shutdown.AddTask(Phase, "await-downing", async () =>
        {
            for (var told = false; IsPending(cluster); told = true)
            {
                if (!told)
                {
                    log.Info(
                        "Leaving the cluster waits until it has decided about unreachable nodes: {Nodes}",
                        string.Join(", ", cluster.State.Unreachable.Select(static member => member.Address)));
                }

                await Task.Delay(LookAgainAfter).ConfigureAwait(false);
            }

            return Done.Instance;
        });
    }

    private static void WarnIfTooShort(TimeSpan time, TimeSpan stableAfter, ILoggingAdapter log)
    {
        if (time <= stableAfter)
        {
            log.Warning(
                "A shutdown may leave the cluster before that has decided about unreachable nodes: "
                + "akka.coordinated-shutdown.phases.{Phase}.timeout is {Time}; give it more than {StableAfter}, {Decided}.",
                Phase,
                time,
                StableAfter,
                stableAfter);
        }
    }

    /// <summary>False for a node that is not up: it was downed, or leaves already, and has nothing to wait for.</summary>
    private static bool IsPending(Akka.Cluster.Cluster cluster) => !cluster.IsTerminated
        && cluster.SelfMember.Status == MemberStatus.Up
        && cluster.State.Unreachable.Any(static member => member.Status is not (MemberStatus.Down or MemberStatus.Exiting));
}
