using WsActors.Transport.Polling;

namespace WsActors.Sockets.Tests;

/// <summary>Linux's data of a process, in its proc(5).</summary>
internal static class Proc
{
    private static readonly string Name = EventPoller.Name[..15];

    /// <summary>The number of poller threads.</summary>
    public static int Pollers(int process) =>
        Directory.GetDirectories($"/proc/{process}/task").Count(static task => CommandOf(task) == Name);

    /// <summary>The open descriptors of this process: sockets, or pollers.</summary>
    /// <param name="kind">The beginning of the link: <c>socket:</c>, or <c>anon_inode:[eventpoll]</c>.</param>
    public static int Descriptors(string kind) =>
        Directory.GetFiles("/proc/self/fd").Count(link => TargetOf(link).StartsWith(kind, StringComparison.Ordinal));

    // It may be closed by now.
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
