using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace WsActors.Server;

/// <summary>
/// The command <c>cluster</c>: nodes on this machine, a process each, for a person to try. They live as long as the command, and one that is
/// killed is not started again.
/// </summary>
internal static class ClusterCommand
{
    /// <summary>The file that <c>dotnet</c> runs. A single-file program has no such file and runs itself.</summary>
    private static string Assembly => Path.Combine(AppContext.BaseDirectory, $"{typeof(ClusterCommand).Assembly.GetName().Name}.dll");

    /// <summary>Runs until Ctrl-C, SIGTERM or SIGHUP, or until every node has ended.</summary>
    /// <param name="nodes">How many.</param>
    /// <param name="port">Where the first listens for people; the others on the ports behind it.</param>
    /// <param name="nodePort">The same for nodes.</param>
    /// <returns>0, or 1 when a node did not end well.</returns>
    public static async Task<int> RunAsync(int nodes, int port, int nodePort)
    {
        var numbers = Enumerable.Range(0, nodes).ToList();
        var seeds = string.Join(',', numbers.Select(number => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{nodePort + number}")));
        var processes = numbers.ConvertAll(number => Start(port + number, nodePort + number, seeds));

        // At a terminal all of them hear Ctrl-C by themselves.
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, TerminateAll);
        using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, TerminateAll);

        Console.WriteLine("One chat on several nodes; they have found each other in a few seconds. Open one of");
        foreach (var (number, process) in numbers.Zip(processes))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  http://127.0.0.1:{port + number}/    process {process.Id}"));
        }

        Console.WriteLine("Ctrl-C stops all; end one process, and the others go on.");
        await Task.WhenAll(processes.Select(static process => process.WaitForExitAsync()));
        return processes.TrueForAll(static process => process.ExitCode == 0) ? 0 : 1;

        void TerminateAll(PosixSignalContext signal)
        {
            signal.Cancel = true;
            processes.ForEach(Terminate);
        }
    }

    private static Process Start(int port, int nodePort, string seeds)
    {
        string[] arguments = ["--listen", string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{port}"), "--set", "akka.loglevel=WARNING"];
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("The program does not know its own path.");
        var isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(program, isHost ? [Assembly, .. arguments] : arguments)
        {
            Environment =
            {
                ["Cluster__Seeds"] = seeds,
                ["Cluster__Port"] = nodePort.ToString(CultureInfo.InvariantCulture),
            },
        };
        return Process.Start(start) ?? throw new InvalidOperationException("A process did not start.");
    }

    // .NET has no word for SIGTERM, and its own way to end a process is SIGKILL.
    private static void Terminate(Process process)
    {
        if (OperatingSystem.IsWindows())
        {
            process.Kill();
        }
        else if (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }
    }
}
