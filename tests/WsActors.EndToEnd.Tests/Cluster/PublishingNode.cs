using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using WsActors.Cluster;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>A node of the cluster, in the process of the test, that hosts no session and publishes to many.</summary>
internal sealed class PublishingNode : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly ActorSystem _system;

    private List<IActorRef> _publishers = [];

    private PublishingNode(string seeds) => _system = ActorSystem.Create(
        "wsactors",
        WebSocketClusterExtension.Configure(ConfigurationFactory.ParseString($$"""
            akka {
              loggers = []
              stdout-loglevel = OFF
              log-dead-letters = off
              remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
              cluster.seed-nodes = [{{string.Join(", ", seeds.Split(',').Select(static seed => $"\"akka.tcp://wsactors@{seed}\""))}}]
              cluster.roles = [publisher]
              cluster.split-brain-resolver.stable-after = 60s
              cluster.failure-detector.acceptable-heartbeat-pause = 20s
            }
            ws-actors.sessions.role = {{Trio.Host}}
            """)));

    /// <summary>Joins, and is up.</summary>
    public static async Task<PublishingNode> JoinAsync(string seeds)
    {
        var node = new PublishingNode(seeds);
        node._system.WebSocketCluster();
        var isUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Akka.Cluster.Cluster.Get(node._system).RegisterOnMemberUp(isUp.SetResult);
        await isUp.Task.WaitAsync(Patience);
        return node;
    }

    /// <summary>
    /// Publishes at a steady rate, to each session in turn, until it is told to stop. A machine that is late makes up for it.
    /// </summary>
    /// <returns>The duration.</returns>
    public async Task<TimeSpan> PublishAsync(IReadOnlyList<string> sessions, int perSecond, CancellationToken stop)
    {
        _publishers = [.. sessions.Select(session => _system.ActorOf(Props.Create<SessionPublisher>(session)))];
        var (since, issued) = (Stopwatch.StartNew(), 0);
        while (!stop.IsCancellationRequested)
        {
            for (var due = (int)(since.Elapsed.TotalSeconds * perSecond); issued < due; issued++)
            {
                _publishers[issued % _publishers.Count].Tell(new SessionPublisher.Issue(1));
            }

            await Task.Delay(Interval, CancellationToken.None);
        }

        return since.Elapsed;
    }

    /// <summary>The results of each publisher, after all messages are delivered, or one cannot be.</summary>
    public async Task<IReadOnlyList<SessionPublisher.Figures>> FinishAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            var figures = await Task.WhenAll(
                _publishers.Select(static publisher => publisher.Ask<SessionPublisher.Figures>(SessionPublisher.Ask.Instance, Patience)));
            if (deadline.IsCancellationRequested || figures.All(static one => one.Delivered == one.Issued || one.Failed is not null))
            {
                return figures;
            }

            await Task.Delay(Interval, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync() => await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance);
}
