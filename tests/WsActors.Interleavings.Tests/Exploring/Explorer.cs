using WsActors.Interleavings.Kernel;

namespace WsActors.Interleavings.Exploring;

/// <summary>
/// Runs a scenario once for each order of its threads' steps. Of orders that differ only in steps that do not touch the same thing, it runs
/// one. It repeats a run up to a choice, and chooses another thread there, depth first.
/// </summary>
internal static class Explorer
{
    /// <summary>A scenario with more is too large.</summary>
    private const int MaxSchedules = 20_000;

    /// <param name="arrange">Starts the threads of a fresh scenario; the result checks it when no thread can go on.</param>
    /// <param name="processors">The number of pollers.</param>
    /// <param name="reduces">Whether it leaves out orders that make no difference before it runs them, and not only when it finds that they
    /// do not.</param>
    /// <returns>The number of schedules that were run to their end, and of those that were left as nothing new could follow.</returns>
    public static (int Complete, int Pruned) Explore(Func<Machine, Action> arrange, int processors = 1, bool reduces = true)
    {
        var choices = new List<Choice>();
        for (var (complete, pruned) = (0, 0); ;)
        {
            var schedule = new Schedule(choices, reduces);
            var machine = new Machine(schedule, processors);
            Machine.Current = machine;
            schedule.Run(arrange(machine));
            if (schedule.Failure is { } failure)
            {
                throw new InterleavingException($"Schedule {complete + pruned + 1}: {failure}");
            }

            (complete, pruned) = schedule.IsPruned ? (complete, pruned + 1) : (complete + 1, pruned);
            while (choices.Count > 0 && !choices[^1].TryChooseAnother())
            {
                choices.RemoveAt(choices.Count - 1);
            }

            if (choices.Count == 0)
            {
                return (complete, pruned);
            }

            if (complete + pruned == MaxSchedules)
            {
                throw new InterleavingException($"There are too many schedules: {complete} complete.");
            }
        }
    }
}
