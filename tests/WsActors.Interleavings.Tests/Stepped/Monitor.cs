using System.Runtime.CompilerServices;
using WsActors.Interleavings.Exploring;

namespace System.Threading;

/// <summary>
/// The monitor of the linked sources' <c>lock</c> statements: a step for each entry. An exit is none: it only lets others take theirs.
/// </summary>
internal static class Monitor
{
    private static readonly ConditionalWeakTable<object, Entry> Entries = [];

    public static void Enter(object gate, ref bool taken)
    {
        if (SteppedThread.Current is not { } thread)
        {
            return;
        }

        var entry = Entries.GetOrCreateValue(gate);
        if (entry.Owner != thread)
        {
            Schedule.Step(new Operation(gate, $"enters the gate of {gate.GetType().Name}", IsEnabled: () => entry.Owner is null));
        }

        thread.Clock = thread.Clock.Join(entry.Released);
        entry.Owner = thread;
        entry.Count++;
        taken = true;
    }

    public static void Exit(object gate)
    {
        if (Entries.TryGetValue(gate, out var entry) && entry.Owner == SteppedThread.Current && --entry.Count == 0)
        {
            (entry.Owner, entry.Released) = (null, SteppedThread.Current!.Clock);
        }
    }

    public static bool IsEntered(object gate) =>
        SteppedThread.Current is { } thread && Entries.TryGetValue(gate, out var entry) && entry.Owner == thread;

    private sealed class Entry
    {
        public SteppedThread? Owner { get; set; }

        public int Count { get; set; }

        /// <summary>The steps that happened before it was free the last time.</summary>
        public Clock Released { get; set; } = Clock.Start;
    }
}
