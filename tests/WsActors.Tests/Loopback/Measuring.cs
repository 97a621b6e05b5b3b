namespace WsActors.Tests.Loopback;

/// <summary>Whether figures are to be measured: tests then use the full size instead of a part, and take the time that it needs.</summary>
internal static class Measuring
{
    public static bool IsAskedFor { get; } = Environment.GetEnvironmentVariable("WSACTORS_MEASURE") is not null;
}
