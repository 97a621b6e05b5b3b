using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace WsActors.Benchmarks.Compare;

/// <summary>The measuring machine, and the assignment of its cores.</summary>
internal static class Machine
{
    private static readonly int[] Cores = [.. AllowedCores()];

    /// <summary>Whether server and load can be kept apart: <c>taskset</c> exists, and there are two cores.</summary>
    public static bool Pins { get; } = Cores.Length > 1 && Exists("taskset");

    /// <summary>A command of a server, on the first core.</summary>
    public static string[] ForServer(params string[] command) => [.. Pin(0), .. command];

    /// <summary>A command of the load, on the second.</summary>
    public static string[] ForLoad(params string[] command) => [.. Pin(1), .. command];

    /// <summary>In words, and how busy it is beside us.</summary>
    public static string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Model()}, {Cores.Length} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}; "
            + $"{(Pins ? "server and load on a core each" : "server and load not pinned")}; load average {LoadAverage()}");

    /// <summary>Whether there is a program of that name.</summary>
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Of the last minute; empty where nothing tells it.</summary>
    private static string LoadAverage() => ReadOrEmpty("/proc/loadavg").Split(' ')[0];

    private static string Model() =>
        ReadOrEmpty("/proc/cpuinfo")
            .Split('\n')
            .FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();

    private static string ReadOrEmpty(string path) => File.Exists(path) ? File.ReadAllText(path) : "";

    private static string[] Pin(int which) => Pins ? ["taskset", "-c", Cores[which].ToString(CultureInfo.InvariantCulture)] : [];

    private static IEnumerable<int> AllowedCores()
    {
        using var self = Process.GetCurrentProcess();
        var mask = OperatingSystem.IsLinux() || OperatingSystem.IsWindows() ? (ulong)self.ProcessorAffinity : 1;
        return Enumerable.Range(0, 64).Where(core => (mask >> core & 1) == 1);
    }
}
