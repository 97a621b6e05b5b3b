namespace WsActors.Client.Tests;

/// <summary>The maximum wait of a test. The duration is never the point, so the patience is large.</summary>
internal static class Patience
{
    public static TimeSpan Time { get; } = TimeSpan.FromMinutes(3);
}
