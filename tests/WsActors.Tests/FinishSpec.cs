using Akka.Actor;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A test that is over leaves nothing that the stop of its host would wait for.</summary>
public sealed class FinishSpec : WebSocketSpec
{
    [Fact]
    public async Task A_shutdown_with_open_connections_completes()
    {
        var (first, second) = (ServeEach(Props.Create<Echo>()), new WebSocketTestKit(this));
        var clients = (first.Connect(), second.Connect(), first.Dial());

        first.Finish();

        clients.Item1.Socket.ExpectStopped();
        clients.Item2.Socket.ExpectStopped();
        await CoordinatedShutdown.Get(Sys).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Time_passes_by_itself()
    {
        var kit = Serve();
        kit.Finish();

        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(5), TestActor, "five seconds later", TestActor);

        ExpectMsg("five seconds later");
    }

    [Fact]
    public async Task A_system_that_has_terminated_is_left_alone()
    {
        var kit = Serve();
        kit.Connect();
        await Sys.Terminate();

        kit.Finish();
    }
}
