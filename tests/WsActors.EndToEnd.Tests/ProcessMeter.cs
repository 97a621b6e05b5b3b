using System.Diagnostics;

namespace WsActors.EndToEnd.Tests;

/// <summary>The resource use of a process, from the operating system.</summary>
public sealed class ProcessMeter(Process process)
{
    /// <summary>Processor time it has used so far.</summary>
    public TimeSpan ProcessorTime => Fresh.TotalProcessorTime;

    /// <summary>Memory it has now, in bytes: VmRSS on Linux.</summary>
    public long Memory => Fresh.WorkingSet64;

    /// <summary>The most memory it ever had, in bytes: VmHWM on Linux.</summary>
    public long PeakMemory => Fresh.PeakWorkingSet64;

    private Process Fresh
    {
        get
        {
            process.Refresh();
            return process;
        }
    }
}
