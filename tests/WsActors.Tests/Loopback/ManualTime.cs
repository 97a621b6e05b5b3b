namespace WsActors.Tests.Loopback;

/// <summary>Time that passes when the test says so, for deadlines that must not depend on how busy the machine is. Any thread.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public void Advance(TimeSpan step) => Interlocked.Add(ref _ticks, step.Ticks);
}
