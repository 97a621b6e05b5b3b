namespace WsActors.TestKit;

/// <summary>Virtual time: it passes only when a <see cref="WebSocketTestKit"/> advances it.</summary>
/// <param name="start">The date at which it begins.</param>
internal sealed class VirtualTime(DateTimeOffset start) : TimeProvider
{
    /// <summary>The usual start, the same in every run.</summary>
    public static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => start.AddTicks(GetTimestamp());

    public void Advance(TimeSpan step) => Interlocked.Add(ref _ticks, step.Ticks);
}
