using WsActors.Transport.Sockets;

namespace WsActors.Sockets.Tests;

/// <summary>What Linux tells of a process, in its proc(5).</summary>
internal static class Proc
{
    private static readonly string Name = EventPoller.Name[..15];

    /// <summary>How many threads of ours wait for sockets.</summary>
    public static int Pollers(int process) => Directory.GetDirectories($"/proc/{process}/task").Count(static task => CommandOf(task) == Name);

    /// <summary>What this process has open, sockets or the ways to wait for them.</summary>
    /// <param name="kind">What the link begins with: <c>socket:</c>, or <c>anon_inode:[eventpoll]</c>.</param>
    public static int Descriptors(string kind) => Directory.GetFiles("/proc/self/fd").Count(link => TargetOf(link).StartsWith(kind, StringComparison.Ordinal));

    // It may be gone by now.
    private static string CommandOf(string task)
    {
        try
        {
            return File.ReadAllText($"{task}/comm").TrimEnd();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string TargetOf(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
