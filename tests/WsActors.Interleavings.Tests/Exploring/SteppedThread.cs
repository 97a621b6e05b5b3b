using System.Diagnostics.CodeAnalysis;

namespace WsActors.Interleavings.Exploring;

/// <summary>A thread of a schedule. It runs only while the schedule has chosen it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing to dispose of.")]
internal sealed class SteppedThread(Schedule schedule, string name, Action body)
{
    [ThreadStatic]
    private static SteppedThread? CurrentOfThread;

    private readonly SemaphoreSlim _chosen = new(0);

    /// <summary>The thread that runs now; null for the test's own, whose steps are not explored.</summary>
    public static SteppedThread? Current => CurrentOfThread;

    public string Name => name;

    public Schedule Schedule => schedule;

    /// <summary>The step that it takes when it is chosen.</summary>
    public Operation Next { get; set; } = new(null, "starts");

    /// <summary>The steps that happened before its next one.</summary>
    public Clock Clock { get; set; } = Clock.Start;

    public bool HasEnded { get; private set; }

    public void Start() => Worker.Run(Run);

    public void Choose() => _chosen.Release();

    public void AwaitChoice() => _chosen.Wait();

    private void Run()
    {
        CurrentOfThread = this;
        AwaitChoice();
        try
        {
            if (!schedule.HasEnded)
            {
                body();
            }
        }
        catch (ScheduleEnded)
        {
        }
        catch (Exception e)
        {
            schedule.Fail($"{name} threw {e}");
        }

        CurrentOfThread = null;
        HasEnded = true;
        schedule.OnThreadEnded();
    }
}
