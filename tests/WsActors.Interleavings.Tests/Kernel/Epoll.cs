using System.Net.Sockets;
using WsActors.Interleavings.Kernel;

namespace WsActors.Transport.Polling;

/// <summary>The linked sources' <c>Epoll</c>, over the kernel of the schedule.</summary>
internal sealed class Epoll : IDisposable
{
    public const uint In = 0x1 | More;

    public const uint Out = 0x4 | 0x8 | 0x10;

    public const uint More = 0x2 | 0x8 | 0x10 | PeerHungUp;

    public const uint PeerHungUp = 0x2000;

    private readonly SortedDictionary<int, Entry> _entries = [];

    private readonly List<(int Descriptor, uint Events)> _events = [];

    private bool _isAwake;

    /// <summary>
    /// The changes before the last wait ended: a poller that was woken waits in vain until there are more, and that is not worth a
    /// schedule.
    /// </summary>
    private int _changes = -1;

    public Epoll() => Machine.Current.Epolls.Add(this);

    public bool IsDisposed { get; private set; }

    private bool HasAny =>
        (_isAwake && _changes < Machine.Current.Schedule.Changes) || _entries.Any(static one => one.Value.IsDue(one.Key));

    public (int Descriptor, uint Events) this[int index] => _events[index];

    public void Add(int descriptor) => Register(descriptor, new Entry { Interest = In | Out });

    public void AddOneShot(int descriptor) => Register(descriptor, new Entry { Interest = In, IsOneShot = true });

    public void Rearm(int descriptor)
    {
        Machine.Call($"rearms {descriptor}");
        Require(!IsDisposed, "A closed epoll is told to rearm.");
        if (_entries.TryGetValue(descriptor, out var entry))
        {
            Require(entry.IsOneShot, "The descriptor of another socket is rearmed.");
            (entry.IsArmed, entry.HasChanged) = (true, true);
        }
    }

    public void ReportAgain(int descriptor)
    {
        Machine.Call($"asks again for {descriptor}");
        Require(!IsDisposed, "A closed epoll is asked.");
        Require(_entries.TryGetValue(descriptor, out var entry) && !entry.IsOneShot, "The descriptor of another socket is asked for.");
        entry!.HasChanged = true; // not null: it was found
    }

    public void Wake()
    {
        Machine.Call("wakes a poller");
        Require(!IsDisposed, "A closed epoll is woken.");
        _isAwake = true;
    }

    public int Wait()
    {
        Machine.Call("waits for events", isEnabled: () => HasAny, mayRest: true);
        _events.Clear();
        _changes = Machine.Current.Schedule.Changes;
        foreach (var (descriptor, entry) in _entries.Where(static one => one.Value.IsDue(one.Key)))
        {
            _events.Add((descriptor, entry.EventsOf(descriptor)));
            (entry.HasChanged, entry.IsArmed) = (false, !entry.IsOneShot);
        }

        return _events.Count;
    }

    public void Dispose()
    {
        Machine.Call("closes an epoll");
        IsDisposed = true;
    }

    public void OnChange(int descriptor)
    {
        if (_entries.TryGetValue(descriptor, out var entry))
        {
            entry.HasChanged = true;
        }
    }

    public void Forget(int descriptor) => _entries.Remove(descriptor);

    private void Register(int descriptor, Entry entry)
    {
        Machine.Call($"adds {descriptor}");
        Require(!IsDisposed, "A closed epoll is added to.");
        if (Machine.Current.FileOf(descriptor) is null || !_entries.TryAdd(descriptor, entry))
        {
            throw new SocketException((int)SocketError.NoBufferSpaceAvailable);
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            Machine.Current.Schedule.Fail(otherwise);
        }
    }

    private sealed class Entry
    {
        public required uint Interest { get; init; }

        public bool IsOneShot { get; init; }

        public bool IsArmed { get; set; } = true;

        /// <summary>Whether something changed since it was last reported; what holds when it is added counts.</summary>
        public bool HasChanged { get; set; } = true;

        public bool IsDue(int descriptor) => IsArmed && HasChanged && EventsOf(descriptor) != 0;

        public uint EventsOf(int descriptor) => (Machine.Current.FileOf(descriptor)?.Events ?? 0) & Interest;
    }
}
