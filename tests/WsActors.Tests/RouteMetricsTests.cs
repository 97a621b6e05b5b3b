using Akka.Actor;
using WsActors.Connection;
using WsActors.Metrics;
using WsActors.Protocol;
using WsActors.Runtime;
using WsActors.Transport;

namespace WsActors.Tests;

/// <summary>Metrics without a listener cost nothing.</summary>
[Collection(nameof(MetricsSpec))]
public sealed class RouteMetricsTests
{
    [Fact]
    public async Task An_echo_without_a_listener_allocates_nothing_for_metrics()
    {
        const int Runs = 5;
        using var system = ActorSystem.Create("unheard");
        using var all = new WebSocketMetrics(system, new Clock(TimeProvider.System));
        var metrics = new RouteMetrics(all, new EndpointAddress("ws", "127.0.0.1", 8080), "1.1", new("http.route", "/"));
        var acks = new AckNotifier(ActorRefs.Nobody) { Metrics = metrics };
        var sendQueue = new SendQueue(Role.Server, new BufferPool(), 1024 * 1024, acks, ActorRefs.Nobody);
        var message = Ws.Send.Binary(new byte[100]);
        var least = long.MaxValue;

        // A collection on another thread may add to the measured allocation of one run.
        for (var run = 0; run < Runs && least > 0; run++)
        {
            Echo();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
            {
                Echo();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.Null(acks.Timer);
        Assert.False(metrics.MeasuresHandlers || metrics.MeasuresSendQueues || metrics.MeasuresHandshakes);
        Assert.Null(HandshakeTimer.Start(metrics));
        await system.Terminate();

        void Echo()
        {
            metrics.Received(100, isLast: true, isWhole: true);
            sendQueue.Enqueue(message, ActorRefs.Nobody);
            metrics.Sent(100, isWhole: true);
            Assert.True(sendQueue.TryStartWrite(out _));
            sendQueue.CompleteWrite();
            metrics.Dropped(Ws.SendFailure.Dropped);
            metrics.Closed(1006, isClean: false, TimeSpan.Zero);
        }
    }
}
