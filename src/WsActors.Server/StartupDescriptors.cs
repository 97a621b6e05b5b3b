using System.Globalization;
using System.Text;

namespace WsActors.Server;

/// <summary>
/// Says in one sentence that the process may open too few files to start. Each assembly takes a descriptor while the process lives, and one
/// that cannot be opened is not tried again. So the code that says it is loaded first, and some descriptors are held for it. Linux only.
/// </summary>
internal static class StartupDescriptors
{
    private const string LimitLine = "Max open files";

    /// <summary>Held until the server has started: for the count of open files.</summary>
    private const int Held = 2;

    /// <summary>With fewer left, a file that cannot be opened is blamed on the limit.</summary>
    private const int Few = 32;

    /// <summary>A limit below which not even the count of open files is sure to have a descriptor.</summary>
    private const int FewOfAll = 64;

    private static readonly List<IDisposable> Spare = [];

    private static Stream Error = Stream.Null;

    /// <summary>Whether the server is starting, and the limit is known.</summary>
    private static bool IsReserved;

    /// <summary>The most files that may be open; null without a limit, or where the system does not say.</summary>
    private static int? Limit;

    /// <summary>Called first of all.</summary>
    public static void Reserve()
    {
        Limit = ReadLimit();
        if (Limit is not null)
        {
            Error = Console.OpenStandardError();
            Error.Write([]);
            IsReserved = true;
            while (Spare.Count < Held)
            {
                Spare.Add(File.OpenHandle("/dev/null"));
            }

            IsShort();
        }
    }

    /// <summary>The server has started, or will not.</summary>
    public static void Release()
    {
        IsReserved = false;
        Spare.ForEach(static handle => handle.Dispose());
        Spare.Clear();
    }

    /// <summary>Whether the server did not start because the process can open no more files.</summary>
    public static bool IsCauseOf(Exception e)
    {
        for (var cause = e; cause is not null && IsReserved; cause = cause.InnerException)
        {
            // An assembly that is missing has a version. An exception of another kind says what it is about.
            if (cause is FileNotFoundException { FileName: { } name } ? name.Contains(", Version=", StringComparison.Ordinal)
                : cause is FileLoadException or TypeInitializationException or IOException or OutOfMemoryException)
            {
                Spare.ForEach(static handle => handle.Dispose());
                return IsShort();
            }
        }

        return false;
    }

    /// <summary>Says so.</summary>
    /// <returns>The exit code.</returns>
    public static int Report()
    {
        Release();
        Error.Write(Encoding.UTF8.GetBytes(
            "This process may have " + Limit.GetValueOrDefault().ToString(CultureInfo.InvariantCulture)
            + " files open, which are too few to start: "
            + "raise the limit (ulimit -n, LimitNOFILE of systemd, --ulimit nofile of a container).\n"));
        return 1;
    }

    private static bool IsShort() => Limit < FewOfAll || Limit - Directory.GetFileSystemEntries("/proc/self/fd").Length < Few;

    private static int? ReadLimit()
    {
        try
        {
            foreach (var line in File.ReadAllLines("/proc/self/limits"))
            {
                if (line.StartsWith(LimitLine, StringComparison.Ordinal))
                {
                    var soft = line[LimitLine.Length..].TrimStart();
                    soft = soft[..soft.IndexOf(' ', StringComparison.Ordinal)];
                    return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }

        return null;
    }
}
