using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace WsActors.Server;

/// <summary>
/// The command <c>cluster</c>: starts nodes on this machine, one process each, to try a cluster. The nodes end with the command. A killed
/// node is not restarted.
/// </summary>
internal static class ClusterCommand
{
    /// <summary>The assembly that <c>dotnet</c> runs. A single-file program has no such file and runs itself.</summary>
    private static string Assembly => Path.Combine(AppContext.BaseDirectory, $"{typeof(ClusterCommand).Assembly.GetName().Name}.dll");

    /// <summary>Runs until Ctrl-C, SIGTERM or SIGHUP, or until every node has ended.</summary>
    /// <param name="nodes">The number of nodes.</param>
    /// <param name="port">The first node's port for browsers; the other nodes use the following ports.</param>
    /// <param name="nodePort">The first node's port for other nodes; the other nodes use the following ports.</param>
    /// <param name="admin">The address of the first node's admin page; null for none.</param>
    /// <param name="adminTokenFile">The file with its token; null for the environment's, or none.</param>
    /// <returns>0, or 1 when a node exited with another code than 0.</returns>
    public static async Task<int> RunAsync(int nodes, int port, int nodePort, string? admin, string? adminTokenFile)
    {
        var numbers = Enumerable.Range(0, nodes).ToList();
        var seeds = string.Join(',', numbers.Select(number => Text($"127.0.0.1:{nodePort + number}")));
        string[] first =
        [
            .. admin is null ? [] : (string[])["--admin", admin],
            .. adminTokenFile is null ? [] : (string[])["--admin-token-file", adminTokenFile],
        ];
        var processes = numbers.ConvertAll(number => Start(port + number, nodePort + number, seeds, number == 0 ? first : []));

        // A terminal sends SIGINT to all processes, so the nodes end by themselves.
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, TerminateAll);
        using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, TerminateAll);

        Console.WriteLine("One chat on several nodes, which form a cluster in a few seconds. Open one of");
        foreach (var (number, process) in numbers.Zip(processes))
        {
            Console.WriteLine(Text($"  http://127.0.0.1:{port + number}/    process {process.Id}"));
        }

        if (admin is not null)
        {
            Console.WriteLine("The first node serves the admin page, and prints its address once it listens.");
        }

        Console.WriteLine("Ctrl-C stops all nodes. If you end one process, the others continue.");
        await Task.WhenAll(processes.Select(static process => process.WaitForExitAsync()));
        return processes.TrueForAll(static process => process.ExitCode == 0) ? 0 : 1;

        void TerminateAll(PosixSignalContext signal)
        {
            signal.Cancel = true;
            processes.ForEach(Terminate);
        }
    }

    private static Process Start(int port, int nodePort, string seeds, string[] more)
    {
        string[] arguments = ["--listen", Text($"ws://127.0.0.1:{port}"), "--set", "akka.loglevel=WARNING", .. more];
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is unknown.");
        var isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(program, isHost ? [Assembly, .. arguments] : arguments)
        {
            Environment =
            {
                ["Cluster__Seeds"] = seeds,
                ["Cluster__Port"] = nodePort.ToString(CultureInfo.InvariantCulture),
            },
        };
        return Process.Start(start) ?? throw new InvalidOperationException("The process of a node did not start.");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    // .NET cannot send SIGTERM; Process.Kill sends SIGKILL.
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
