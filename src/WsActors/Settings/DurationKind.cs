namespace WsActors.Settings;

/// <summary>A time with its unit: <c>500ms</c>, <c>5s</c>, <c>2m</c>.</summary>
internal sealed class DurationKind(TimeSpan min, TimeSpan max) : ValueKind<TimeSpan>
{
    /// <summary>Timers of .NET take no more than this in whole days.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(24);

    public static DurationKind Any { get; } = new(TimeSpan.FromMilliseconds(1), Longest);

    public override string Name => "duration";

    public override string Range => $"{Written(min)} to {Written(max)}";

    public override string Expected => $"a duration from {Range}, such as 500ms or 5s";

    internal override bool IsInRange(TimeSpan value) => value >= min && value <= max;

    protected internal override bool TryParse(ConfigReader config, string key, out TimeSpan value)
    {
        value = config.Section.GetTimeSpan(key, allowInfinite: false);
        return true;
    }

    private static string Written(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => $"{time.TotalDays}d",
        { TotalSeconds: >= 1 } => $"{time.TotalSeconds}s",
        _ => $"{time.TotalMilliseconds}ms",
    };
}
