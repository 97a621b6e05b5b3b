using WsActors.Dispatch;

namespace WsActors.Interleavings;

/// <summary>A watchdog that notes the times, in milliseconds.</summary>
internal sealed class WatchdogDouble : IRunWatchdog
{
    public List<double> Completed { get; } = [];

    public List<double> StillRunning { get; } = [];

    public void OnCompleted(TimeSpan time) => Completed.Add(time.TotalMilliseconds);

    public void OnStillRunning(TimeSpan time) => StillRunning.Add(time.TotalMilliseconds);
}
