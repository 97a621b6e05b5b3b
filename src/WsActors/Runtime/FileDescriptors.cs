using System.Globalization;
using System.Net.Sockets;

namespace WsActors.Runtime;

/// <summary>The descriptors of this process: files, sockets, pipes and others. A snapshot; any thread.</summary>
/// <param name="Limit">The limit (RLIMIT_NOFILE); null without a limit, or where the system does not report one.</param>
/// <param name="Count">The number of open descriptors.</param>
internal sealed record FileDescriptors(int? Limit, int Count)
{
    private const string LimitLine = "Max open files";

    /// <summary>EMFILE of Linux, macOS and BSD: too many in this process.</summary>
    private const int TooManyInProcess = 24;

    /// <summary>ENFILE: too many on this machine.</summary>
    private const int TooManyInSystem = 23;

    /// <summary>
    /// Reads them from Linux's <c>/proc</c>. The runtime has raised the soft limit to the hard one by then, so the soft limit counts.
    /// Unknown on other systems.
    /// </summary>
    public static FileDescriptors Read()
    {
        try
        {
            return new FileDescriptors(
                File.ReadLines("/proc/self/limits").Select(LimitOf).FirstOrDefault(static limit => limit is not null),
                Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FileDescriptors(null, 0);
        }
    }

    /// <summary>Whether one more descriptor can be opened now.</summary>
    public static bool IsOneLeft()
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        try
        {
            File.OpenHandle("/dev/null").Dispose();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return !AreShortIn(e);
        }
    }

    /// <summary>Whether an exception reports a lack of descriptors.</summary>
    public static bool AreShortIn(Exception e) => e switch
    {
        SocketException socket => socket.SocketErrorCode == SocketError.TooManyOpenSockets,
        IOException io => io.HResult is TooManyInProcess or TooManyInSystem,
        _ => false,
    };

    /// <summary>
    /// The soft limit in a line of <c>limits</c>; null for <c>unlimited</c>, for more than an int holds, and for other lines.
    /// </summary>
    internal static int? LimitOf(string line) =>
        line.StartsWith(LimitLine, StringComparison.Ordinal)
        && line[LimitLine.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..]
        && int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
}
