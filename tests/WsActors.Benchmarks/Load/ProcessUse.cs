using System.Diagnostics;

namespace WsActors.Benchmarks.Load;

/// <summary>What a process has used so far, as the operating system counts it.</summary>
/// <param name="Processor">Of all its threads, in the kernel and outside.</param>
/// <param name="Memory">Resident bytes: VmRSS on Linux.</param>
internal readonly record struct ProcessUse(TimeSpan Processor, long Memory)
{
    /// <summary>Of a process; nothing when none is named.</summary>
    public static ProcessUse Of(int? id)
    {
        if (id is null)
        {
            return default;
        }

        using var process = Process.GetProcessById(id.Value);
        return new(process.TotalProcessorTime, process.WorkingSet64);
    }
}
