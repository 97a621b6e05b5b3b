namespace WsActors.Runtime;

/// <summary>The threads of this process, from Linux's <c>/proc</c> (proc(5)). Any thread.</summary>
internal static class ProcessThreads
{
    /// <summary>
    /// Whether at least so many threads, the calling one aside, run or wait for a processor. False on other systems, which do not report
    /// it.
    /// </summary>
    public static bool IsRunnable(int count)
    {
        try
        {
            // The calling thread runs, too.
            return Directory.EnumerateDirectories("/proc/self/task").Where(IsRunnable).Take(count + 1).Count() > count;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The state follows the name, which is in parentheses and may hold any character.</summary>
    private static bool IsRunnable(string thread)
    {
        try
        {
            var stat = File.ReadAllText(thread + "/stat");
            return stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart() is ['R', ..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // The thread has ended.
        }
    }
}
