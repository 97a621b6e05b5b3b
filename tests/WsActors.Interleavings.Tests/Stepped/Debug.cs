namespace WsActors;

/// <summary>The linked sources' <c>Debug</c>: an assertion that does not hold ends the schedule.</summary>
internal static class Debug
{
    public static void Assert(bool holds, string message) => Xunit.Assert.True(holds, message);
}
