using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace WsActors.Interleavings.Exploring;

/// <summary>
/// A thread of the process that runs threads of schedules, one after the other: to start one takes longer than a schedule.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing to dispose of.")]
internal sealed class Worker
{
    private static readonly ConcurrentStack<Worker> Idle = new();

    private readonly SemaphoreSlim _work = new(0);

    private Action _body = null!;

    private Worker() => new System.Threading.Thread(Loop) { IsBackground = true, Name = "interleavings" }.Start();

    public static void Run(Action body)
    {
        var worker = Idle.TryPop(out var idle) ? idle : new Worker();
        worker._body = body;
        worker._work.Release();
    }

    private void Loop()
    {
        while (true)
        {
            _work.Wait();
            _body();
            Idle.Push(this);
        }
    }
}
