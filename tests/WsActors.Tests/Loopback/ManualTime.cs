namespace WsActors.Tests.Loopback;

/// <summary>Time that the test advances, for deadlines that must not depend on the load of the machine. Any thread.</summary>
internal sealed class ManualTime : TimeProvider
{
    private static readonly TimeSpan Part = TimeSpan.FromMilliseconds(500);

    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    /// <summary>Called after each part of a step: time that passes without a tick is that of a process that stands still.</summary>
    public Action Ticked { get; set; } = static () => { };

    public void Advance(TimeSpan step)
    {
        for (var left = step; left > TimeSpan.Zero; left -= Part)
        {
            Interlocked.Add(ref _ticks, (left < Part ? left : Part).Ticks);
            Ticked();
        }
    }
}
