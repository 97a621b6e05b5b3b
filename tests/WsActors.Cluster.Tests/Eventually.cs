using System.Diagnostics;

namespace WsActors.Cluster.Tests;

/// <summary>Waits for the asynchronous work of other nodes.</summary>
internal static class Eventually
{
    /// <summary>Only a failing test waits that long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <returns>
    /// How long it took in waits between looks. A look that asks the nodes waits as they do for a busy machine, and counts no more for
    /// that: unlike a clock, it tells slow nodes from a slow machine.
    /// </returns>
    public static async Task<TimeSpan> Holds(Func<bool> condition, string otherwise)
    {
        var since = Stopwatch.StartNew();
        var looks = 0;
        for (; !condition(); looks++)
        {
            Assert.True(since.Elapsed < Patience, otherwise);
            await Task.Delay(Look);
        }

        return looks * Look;
    }
}
