using System.Net.Sockets;

namespace WsActors.Runtime;

/// <summary>
/// Whether upgrades fail now because of this process: no descriptor is left, or an assembly or a type cannot be loaded. Other failures of a
/// handler or a guard do not count, since a peer may cause them. One per system; any thread.
/// </summary>
internal sealed class ProcessFaults(Clock clock)
{
    /// <summary>
    /// The number of faults since the last completed upgrade from which on the process is at fault; fewer may concern one route only.
    /// </summary>
    private const int MinFaults = 3;

    /// <summary>A lack of descriptors counts for this time: a listener retries every 100 ms while a client waits.</summary>
    private static readonly TimeSpan MemoryOfAccept = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A fault counts for this time. A node that is not ready gets no upgrade that could show its recovery: after this time it is tried
    /// again.
    /// </summary>
    private static readonly TimeSpan MemoryOfFault = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();

    // All of the following count since the last completed upgrade.

    /// <summary>Whether any of the others is set: then the next completed upgrade takes the lock.</summary>
    private volatile bool _isAny;

    private int _faults;

    /// <summary>The time of the last fault.</summary>
    private TimeSpan _lastAt;

    /// <summary>The time of the last socket that could not be accepted for lack of a descriptor; null without one.</summary>
    private TimeSpan? _notAcceptedAt;

    /// <summary>
    /// The reason why upgrades fail, as a part of a sentence, without the text of an exception; null while they do not.
    /// </summary>
    public string? Current
    {
        get
        {
            lock (_gate)
            {
                var now = clock.Now;
                return _notAcceptedAt is { } at && now - at < MemoryOfAccept
                        ? "no socket can be accepted: the process has as many files open as it may"
                    : _faults >= MinFaults && now - _lastAt < MemoryOfFault
                        ? "upgrades fail: a file or an assembly cannot be opened; the log says which"
                    : null;
            }
        }
    }

    /// <summary>A socket could not be accepted for lack of a descriptor.</summary>
    public void NotAccepted()
    {
        lock (_gate)
        {
            (_isAny, _notAcceptedAt) = (true, clock.Now);
        }
    }

    /// <summary>Notes a failure; it counts if the process is at fault.</summary>
    public void Note(Exception? cause)
    {
        for (var e = cause; e is not null; e = e.InnerException)
        {
            if (IsFault(e))
            {
                Note();
                return;
            }
        }
    }

    /// <summary>An upgrade has completed.</summary>
    public void Opened()
    {
        if (_isAny)
        {
            lock (_gate)
            {
                (_isAny, _faults, _notAcceptedAt) = (false, 0, null);
            }
        }
    }

    private void Note()
    {
        lock (_gate)
        {
            (_isAny, _lastAt) = (true, clock.Now);
            _faults++;
        }
    }

    private static bool IsFault(Exception e) => e switch
    {
        // A missing file is user code's fault, and its name may be a peer's. The name of a missing assembly has a version.
        FileNotFoundException { FileName: { } name } => name.Contains(", Version=", StringComparison.Ordinal),
        FileLoadException or BadImageFormatException or TypeLoadException or TypeInitializationException => true,
        SocketException or IOException => FileDescriptors.AreShortIn(e),
        _ => false,
    };
}
