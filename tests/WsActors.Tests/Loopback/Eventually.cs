namespace WsActors.Tests.Loopback;

/// <summary>Waits for a condition. The duration is never the point, so the patience is large.</summary>
internal static class Eventually
{
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(3);

    /// <param name="condition">Looked at until it holds.</param>
    /// <param name="otherwise">The failure text.</param>
    /// <param name="patience">The maximum wait, where the default is too short.</param>
    public static async Task Holds(Func<bool> condition, Func<string> otherwise, TimeSpan? patience = null)
    {
        using var deadline = new CancellationTokenSource(patience ?? Patience);
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"After {patience ?? Patience}: {otherwise()}");
            await Task.Delay(5);
        }
    }
}
