using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace WsActors.Cluster;

/// <summary>
/// A node that shuts down leaves the cluster once each other node has answered, or downing has decided about it, or the phase's time is over.
/// Akka's resolver does not count a leaving node: with another dead, it downs all three of three nodes, or the last one downs itself.
/// </summary>
internal static class AwaitDowning
{
    /// <summary>A phase of ours, of cluster.conf: behind the move of sessions, before <c>cluster-leave</c>.</summary>
    private const string Phase = "before-cluster-leave";

    private const string StableAfter = "akka.cluster.split-brain-resolver.stable-after";

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>The wait for a node's answer, which is asked again until it is unreachable.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);

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
            var told = false;
            while (IsUp(cluster) && await PendingAsync(system, cluster).ConfigureAwait(false) is { Length: > 0 } pending)
            {
                if (!told)
                {
                    log.Info(
                        "Leaving the cluster waits for an answer of, or a decision about, {Nodes}",
                        string.Join(", ", pending.AsEnumerable()));
                    told = true;
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

    /// <summary>False for a node that was downed, or leaves already: it has nothing to wait for.</summary>
    private static bool IsUp(Akka.Cluster.Cluster cluster) => !cluster.IsTerminated && cluster.SelfMember.Status == MemberStatus.Up;

    /// <summary>
    /// The nodes that downing has still to decide about, or the nodes that do not answer: nobody may have noticed yet that they are dead.
    /// </summary>
    private static async Task<Address[]> PendingAsync(ActorSystem system, Akka.Cluster.Cluster cluster)
    {
        var state = cluster.State;
        Address[] undecided = [.. state.Unreachable.Where(IsCounted).Select(static member => member.Address)];
        if (undecided.Length > 0)
        {
            return undecided;
        }

        var others = state.Members.Where(member => IsCounted(member) && member.UniqueAddress != cluster.SelfUniqueAddress).ToArray();
        var answers = await Task.WhenAll(others.Select(member => AnswersAsync(system, member.Address))).ConfigureAwait(false);
        return [.. others.Where((_, index) => !answers[index]).Select(static member => member.Address)];
    }

    private static bool IsCounted(Member member) => member.Status is not (MemberStatus.Down or MemberStatus.Exiting);

    private static async Task<bool> AnswersAsync(ActorSystem system, Address node)
    {
        try
        {
            var daemon = system.ActorSelection(new RootActorPath(node) / "system" / "cluster");
            return (await daemon.Ask<ActorIdentity>(new Identify(null), AnswerTimeout).ConfigureAwait(false)).Subject is not null;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }
}
