namespace WsActors.Protocol.Tests;

/// <summary>
/// The allocation of an action. A collection on another thread adds the rest of the allocation context to this thread's count, so the
/// minimum of a few runs is the action's allocation.
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
    /// <param name="start">Creates the action's input, outside of the measurement.</param>
    public static long ByEach(Func<Action> start) => Enumerable.Range(0, Runs).Min(_ =>
    {
        var action = start();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    });
}
