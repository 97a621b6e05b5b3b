using System.Diagnostics;

namespace WsActors.Cluster.Tests;

/// <summary>Waits for what other nodes do in their own time.</summary>
internal static class Eventually
{
    /// <summary>Only a failing test waits so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task Holds(Func<bool> condition, string otherwise)
    {
        var since = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(since.Elapsed < Patience, otherwise);
            await Task.Delay(20);
        }
    }
}
