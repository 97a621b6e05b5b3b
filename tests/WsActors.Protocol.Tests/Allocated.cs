namespace WsActors.Protocol.Tests;

/// <summary>
/// What an action allocates. A collection that another thread begins meanwhile adds to this thread's count what was left of its
/// allocation context, so the least of a few runs is what the action needs.
/// </summary>
internal static class Allocated
{
    private const int Runs = 5;

    public static long By(Action action)
    {
        action();
        return ByEach(() => action);
    }

    /// <summary>The same of an action that can be taken once.</summary>
    /// <param name="start">Makes what the action needs, outside of the measure.</param>
    public static long ByEach(Func<Action> start) => Enumerable.Range(0, Runs).Min(_ =>
    {
        var action = start();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    });
}
