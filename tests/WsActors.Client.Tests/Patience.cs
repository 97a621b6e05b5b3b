namespace WsActors.Client.Tests;

/// <summary>How long a test waits for what must come. How long it takes is never the point, so the patience is large.</summary>
internal static class Patience
{
    public static TimeSpan Time { get; } = TimeSpan.FromMinutes(3);
}
