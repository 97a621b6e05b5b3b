using WsActors.Interleavings.Kernel;

namespace WsActors;

/// <summary>The linked sources' <c>ThreadPool</c>: each item is one more thread of the schedule.</summary>
internal static class ThreadPool
{
    public static void UnsafeQueueUserWorkItem<TState>(Action<TState> body, TState state, bool preferLocal)
    {
        _ = preferLocal;
        Machine.Current.Schedule.Start($"pool {Machine.Current.NextThread()}", () => body(state));
    }

    public static void UnsafeQueueUserWorkItem(IThreadPoolWorkItem item, bool preferLocal) =>
        UnsafeQueueUserWorkItem(static one => one.Execute(), item, preferLocal);
}
