using WsActors.Interleavings.Exploring;
using WsActors.Interleavings.Kernel;
using WsActors.Transport.Polling;
using Xunit.Abstractions;

namespace WsActors.Interleavings;

/// <summary>A thread that runs user code, and one that checks how long that takes, in every order of their steps.</summary>
public sealed class RunQueueInterleavings(ITestOutputHelper output)
{
    /// <summary>Two runs of 10 ms each, 1 s apart: no report may mix them up.</summary>
    [Fact]
    public void The_reported_time_of_user_code_is_never_too_long() => Explore(machine =>
    {
        var watchdog = new WatchdogDouble();
        RunQueue? ofThread = null;
        machine.Schedule.Start("poller", () =>
        {
            ofThread = RunQueue.Current;
            for (var i = 0; i < 2; i++)
            {
                using (RunQueue.TryOpen())
                {
                    new Mailbox(_ => machine.Pass(10)) { Watchdog = watchdog }.Add("go");
                }

                machine.Pass(1000);
            }
        });
        machine.Schedule.Start("check", () =>
        {
            ofThread?.CheckLongRun();
            ofThread?.CheckLongRun();
        });
        return () =>
        {
            Assert.Equal([10, 10], watchdog.Completed);
            Assert.All(watchdog.StillRunning, static time => Assert.True(time <= 10, $"It reported {time} ms."));
        };
    });

    /// <summary>User code that fills a mailbox which another thread fills, too: the mailbox runs on one of them.</summary>
    [Fact]
    public void A_mailbox_runs_all_its_messages_whichever_thread_fills_it() => Explore(machine =>
    {
        var got = "";
        var mailbox = new Mailbox(message => got += message);
        machine.Schedule.Start("poller", () =>
        {
            using (RunQueue.TryOpen())
            {
                mailbox.Add("a");
                mailbox.Add("b");
            }
        });
        machine.Schedule.Start("pool", () => mailbox.Add("c"));
        return () => Assert.True(got is "abc" or "acb" or "cab", got);
    });

    private void Explore(Func<Machine, Action> arrange)
    {
        var (complete, pruned) = Explorer.Explore(arrange);
        output.WriteLine($"{complete} schedules, {pruned} pruned");
    }
}
