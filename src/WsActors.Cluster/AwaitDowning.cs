using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace WsActors.Cluster;

/// <summary>
/// Delays a node's leaving on shutdown until each other node has answered or downing has decided about it, at most for the phase's timeout.
/// Akka's split-brain resolver does not count a leaving node: of three nodes with one dead and one leaving, it downs all three, or the last
/// one downs itself.
/// </summary>
internal static class AwaitDowning
{
    /// <summary>A phase that cluster.conf adds: after sessions are handed over, before <c>cluster-leave</c>.</summary>
    private const string Phase = "before-cluster-leave";

    private const string StableAfter = "akka.cluster.split-brain-resolver.stable-after";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The timeout of one question to a node. A silent node is asked again until it is unreachable.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Adds the wait to a system's shutdown, if the system has the settings of cluster.conf and a downing provider.</summary>
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
            var isLogged = false;
            while (IsUp(cluster) && await PendingAsync(system, cluster).ConfigureAwait(false) is { Length: > 0 } pending)
            {
                if (!isLogged)
                {
                    log.Info(
                        "The node waits before it leaves the cluster, until these nodes answer or downing has decided about them: {Nodes}",
                        string.Join(", ", pending.AsEnumerable()));
                    isLogged = true;
                }

                await Task.Delay(PollInterval).ConfigureAwait(false);
            }

            return Done.Instance;
        });
    }

    private static void WarnIfTooShort(TimeSpan time, TimeSpan stableAfter, ILoggingAdapter log)
    {
        if (time <= stableAfter)
        {
            log.Warning(
                "On shutdown the node may leave the cluster before downing has decided about unreachable nodes: "
                + "akka.coordinated-shutdown.phases.{Phase}.timeout is {Time}; set it to more than {StableAfter}, which is {Decided}.",
                Phase,
                time,
                StableAfter,
                stableAfter);
        }
    }

    /// <summary>False for a node that was downed or is leaving already. Such a node does not wait.</summary>
    private static bool IsUp(Akka.Cluster.Cluster cluster) => !cluster.IsTerminated && cluster.SelfMember.Status == MemberStatus.Up;

    /// <summary>
    /// The unreachable nodes that downing has not decided about. Without any, the nodes that do not answer: they may be dead, and the
    /// failure detector has not noticed yet.
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
