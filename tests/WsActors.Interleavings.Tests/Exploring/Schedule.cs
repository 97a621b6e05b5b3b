using System.Diagnostics.CodeAnalysis;

namespace WsActors.Interleavings.Exploring;

/// <summary>
/// One run of a scenario: one of its threads runs at a time, from a step to its next, and at each step it is decided which goes on.
/// </summary>
/// <param name="choices">Those to repeat; further ones are added.</param>
/// <param name="reduces">Whether to choose again only where steps are in a race.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing to dispose of.")]
internal sealed class Schedule(List<Choice> choices, bool reduces)
{
    /// <summary>A run with more steps never ends.</summary>
    private const int MaxSteps = 2000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly List<SteppedThread> _threads = [];

    /// <summary>Numbers of what steps touch, in the order of their first use: a choice outlives the objects of its schedule.</summary>
    private readonly Dictionary<object, int> _resources = new(ReferenceEqualityComparer.Instance);

    private readonly SemaphoreSlim _ended = new(0);

    private int _steps;

    private bool _isUnwinding;

    /// <summary>The cause of a failure, with all steps before it; null without one.</summary>
    public string? Failure { get; private set; }

    /// <summary>The number of steps that changed something, but for waits.</summary>
    public int Changes { get; private set; }

    /// <summary>Whether it was left before its end, as all that could follow is explored.</summary>
    public bool IsPruned { get; private set; }

    public volatile bool HasEnded;

    public bool HasAllEnded => _threads.TrueForAll(static thread => thread.HasEnded);

    /// <summary>The schedule of the current thread; null for the test's own.</summary>
    public static Schedule? Current => SteppedThread.Current?.Schedule;

    /// <summary>Waits until the schedule chooses this thread for its next step.</summary>
    public static void Step(Operation operation)
    {
        if (SteppedThread.Current is not { } thread)
        {
            return;
        }

        if (thread.Schedule.HasEnded)
        {
            throw new ScheduleEnded();
        }

        thread.Next = thread.Schedule.Numbered(operation);
        thread.Schedule.GoOn(thread);
    }

    private string Trace => string.Join(
        '\n',
        choices.Take(_steps).Select((choice, i) => $"{i,4} {_threads[choice.Chosen].Name}: {choice.Step.Name}"));

    /// <summary>Adds a thread, from the test or from another thread of the schedule.</summary>
    public void Start(string name, Action body)
    {
        if (!HasEnded)
        {
            var thread = new SteppedThread(this, name, body) { Clock = SteppedThread.Current?.Clock ?? Clock.Start };
            _threads.Add(thread);
            thread.Start();
        }
    }

    public void Fail(string cause)
    {
        if (!HasEnded)
        {
            Failure ??= $"{cause}\n{Trace}";
        }
    }

    /// <summary>Runs all threads until none can go on.</summary>
    public void Run(Action check)
    {
        Choose(-1)?.Choose();
        Await();
        if (Failure is null && !IsPruned)
        {
            var stuck = _threads.Find(static thread => !thread.HasEnded && !thread.Next.MayRest);
            try
            {
                if (stuck is not null)
                {
                    Fail($"{stuck.Name} is stuck at: {stuck.Next.Name}");
                }
                else
                {
                    check();
                }
            }
            catch (Exception e)
            {
                Fail(e.Message);
            }
        }

        (HasEnded, _isUnwinding) = (true, true);
        foreach (var thread in _threads.FindAll(static thread => !thread.HasEnded))
        {
            thread.Choose();
            Await();
        }
    }

    /// <summary>The current thread has ended, or unwound.</summary>
    public void OnThreadEnded()
    {
        if (_isUnwinding)
        {
            _ended.Release();
        }
        else
        {
            ChooseNext(-1);
        }
    }

    private Operation Numbered(Operation operation)
    {
        return operation with { Resource = NumberOf(operation.Resource), Part = NumberOf(operation.Part) };

        object? NumberOf(object? touched)
        {
            if (touched is not null && !_resources.ContainsKey(touched))
            {
                _resources.Add(touched, _resources.Count);
            }

            return touched is null ? null : _resources[touched];
        }
    }

    private void GoOn(SteppedThread thread)
    {
        if (ChooseNext(_threads.IndexOf(thread)) != thread)
        {
            thread.AwaitChoice();
            if (HasEnded)
            {
                throw new ScheduleEnded();
            }
        }
    }

    /// <param name="running">The thread that asks, which is not woken: it runs.</param>
    private SteppedThread? ChooseNext(int running)
    {
        var next = Choose(running);
        if (next is null)
        {
            _ended.Release();
        }
        else if (running < 0 || next != _threads[running])
        {
            next.Choose();
        }

        return next;
    }

    /// <returns>Null where none can go on, or need go on.</returns>
    private SteppedThread? Choose(int running)
    {
        if (Failure is not null)
        {
            return null;
        }

        if (_steps == choices.Count && !TryAddChoice(running))
        {
            return null;
        }

        var choice = choices[_steps];
        var chosen = _threads[choice.Chosen];
        if (chosen.Next.Name != choice.Step.Name || !chosen.Next.CanRun)
        {
            Fail("The same choices did not lead to the same steps.");
            return null;
        }

        chosen.Clock = choice.Clock ??= ClockOf(choice, chosen.Clock);
        _steps++;
        Changes += chosen.Next is { IsRead: false, MayRest: false } ? 1 : 0;
        return chosen;
    }

    /// <returns>False where no thread can go on, or need go on.</returns>
    private bool TryAddChoice(int running)
    {
        var enabled = new Dictionary<int, Operation>();
        for (var i = 0; i < _threads.Count; i++)
        {
            if (!_threads[i].HasEnded)
            {
                FindRaces(i);
                if (_threads[i].Next.CanRun)
                {
                    enabled.Add(i, _threads[i].Next);
                }
            }
        }

        if (enabled.Count == 0)
        {
            return false;
        }

        if (Choice.TryCreate(enabled, _steps == 0 ? null : choices[_steps - 1], running) is not { } choice)
        {
            IsPruned = true;
            return false;
        }

        choices.Add(choice);
        if (choices.Count > MaxSteps)
        {
            Fail("It never ends.");
        }

        return Failure is null;
    }

    /// <summary>Finds the steps that a thread's next one may come before in another schedule.</summary>
    private void FindRaces(int thread)
    {
        var (next, clock) = (_threads[thread].Next, _threads[thread].Clock);
        for (var i = 0; i < choices.Count; i++)
        {
            if (reduces && (clock.Includes(choices[i].Chosen, i) || choices[i].Step.IsIndependentOf(next)))
            {
                continue;
            }

            choices[i].OnRace();
        }
    }

    private Clock ClockOf(Choice choice, Clock before)
    {
        for (var i = 0; i < _steps; i++)
        {
            if (!choices[i].Step.IsIndependentOf(choice.Step))
            {
                before = before.Join(choices[i].Clock!);
            }
        }

        return before.With(choice.Chosen, _steps);
    }

    private void Await()
    {
        if (!_ended.Wait(Patience))
        {
            throw new TimeoutException($"A thread of the schedule does not return:\n{Trace}");
        }
    }
}
