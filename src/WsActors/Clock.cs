namespace WsActors;

/// <summary>The time since the extension began, which never goes back, and the date. All deadlines are such times.</summary>
internal sealed class Clock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public TimeSpan Now => time.GetElapsedTime(_start);

    public DateTimeOffset Date => time.GetUtcNow();
}
