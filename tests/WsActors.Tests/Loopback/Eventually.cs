namespace WsActors.Tests.Loopback;

/// <summary>Waits for what must become true. How long it takes is never the point, so the patience is large.</summary>
internal static class Eventually
{
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(3);

    /// <param name="condition">Looked at until it holds.</param>
    /// <param name="otherwise">What is the case instead, when the patience has ended.</param>
    /// <param name="patience">Where the usual is not enough.</param>
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
