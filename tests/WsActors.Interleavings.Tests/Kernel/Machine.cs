using WsActors.Interleavings.Exploring;
using WsActors.Transport.Polling;

namespace WsActors.Interleavings.Kernel;

/// <summary>The machine of one schedule: its descriptors, its time, and what its sockets hold.</summary>
internal sealed class Machine(Schedule schedule, int processors)
{
    private readonly SortedDictionary<int, IFile> _open = [];

    private int _threads;

    private long _milliseconds;

    /// <summary>The machine of the schedule that runs now; schedules run one at a time.</summary>
    public static Machine Current { get; set; } = null!;

    public Schedule Schedule => schedule;

    public int Processors => processors;

    public List<Epoll> Epolls { get; } = [];

    public int OpenFiles => _open.Count;

    public int NextThread() => ++_threads;

    /// <summary>A step that calls the kernel.</summary>
    /// <param name="name">For the trace.</param>
    /// <param name="part">The direction of a socket that it touches; null for everything.</param>
    /// <param name="isEnabled">Whether it returns now; null for always.</param>
    /// <param name="mayRest">Whether it may wait for ever.</param>
    public static void Call(string name, object? part = null, Func<bool>? isEnabled = null, bool mayRest = false) =>
        Exploring.Schedule.Step(new Operation(nameof(Kernel), name, part, IsEnabled: isEnabled, MayRest: mayRest));

    public long ReadClock()
    {
        Exploring.Schedule.Step(new Operation(nameof(_milliseconds), "reads the clock", IsRead: true));
        return _milliseconds;
    }

    public void Pass(int milliseconds)
    {
        Exploring.Schedule.Step(new Operation(nameof(_milliseconds), $"{milliseconds} ms pass"));
        _milliseconds += milliseconds;
    }

    /// <returns>The lowest free descriptor.</returns>
    public int Open(IFile file)
    {
        var descriptor = Enumerable.Range(3, int.MaxValue - 3).First(one => !_open.ContainsKey(one));
        _open.Add(descriptor, file);
        return descriptor;
    }

    public void Close(int descriptor)
    {
        _open.Remove(descriptor);
        Epolls.ForEach(epoll => epoll.Forget(descriptor));
    }

    /// <summary>The state of a file has changed.</summary>
    public void Notify(int descriptor) => Epolls.ForEach(epoll => epoll.OnChange(descriptor));

    public IFile? FileOf(int descriptor) => _open.GetValueOrDefault(descriptor);
}
