using System.Net.Sockets;

namespace WsActors.Runtime;

/// <summary>
/// Whether upgrades fail now by a fault of this process: no descriptor is left, or an assembly or a type that they need cannot be loaded.
/// Any
/// other failure of a handler or a guard is none: a peer may cause it. One a system; any thread.
/// </summary>
internal sealed class ProcessFaults(Clock clock)
{
    /// <summary>Faults that upgrades met since the last one that opened; fewer may be of one route alone.</summary>
    private const int MinFaults = 3;

    /// <summary>A listener without a descriptor tries again every 100 ms while a client waits.</summary>
    private static readonly TimeSpan MemoryOfAccept = TimeSpan.FromSeconds(2);

    /// <summary>A node that is not ready gets no upgrade that could show that it is well again: after this time it is tried.</summary>
    private static readonly TimeSpan MemoryOfFault = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();

    // Each since the last upgrade that opened.

    /// <summary>Whether there is any of the others: then the next upgrade that opens takes the lock.</summary>
    private volatile bool _isAny;

    private int _faults;

    /// <summary>The time of the last fault.</summary>
    private TimeSpan _lastAt;

    /// <summary>The time of the last socket without a descriptor; null for none.</summary>
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

    /// <summary>A socket came, and there was no descriptor for it.</summary>
    public void NotAccepted()
    {
        lock (_gate)
        {
            (_isAny, _notAcceptedAt) = (true, clock.Now);
        }
    }

    /// <summary>Something failed. It counts where this is the process's fault.</summary>
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

    /// <summary>An upgrade opened.</summary>
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
        // A missing file is a matter of its user, and its name may be a peer's. A missing assembly has a version.
        FileNotFoundException { FileName: { } name } => name.Contains(", Version=", StringComparison.Ordinal),
        FileLoadException or BadImageFormatException or TypeLoadException or TypeInitializationException => true,
        SocketException or IOException => FileDescriptors.AreShortIn(e),
        _ => false,
    };
}
