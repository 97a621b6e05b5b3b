using System.Diagnostics;

namespace WsActors.Benchmarks.Load;

/// <summary>The resource use of a process so far, from the operating system.</summary>
/// <param name="Processor">Of all its threads, in the kernel and outside.</param>
/// <param name="Memory">Resident bytes: VmRSS on Linux.</param>
internal readonly record struct ProcessUse(TimeSpan Processor, long Memory)
{
    /// <summary>Of processes together.</summary>
    public static ProcessUse Of(params IEnumerable<int> ids)
    {
        var sum = default(ProcessUse);
        foreach (var id in ids)
        {
            using var process = Process.GetProcessById(id);
            sum = new(sum.Processor + process.TotalProcessorTime, sum.Memory + process.WorkingSet64);
        }

        return sum;
    }
}
