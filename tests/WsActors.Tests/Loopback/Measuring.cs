namespace WsActors.Tests.Loopback;

/// <summary>Whether figures are to be measured: tests then take the whole of what they else take a part of, and as long as that needs.</summary>
internal static class Measuring
{
    public static bool IsAskedFor { get; } = Environment.GetEnvironmentVariable("WSACTORS_MEASURE") is not null;
}
