using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>
/// A network namespace of Linux, like a machine: it has only the interfaces that it is given, which are removed with it. It needs root and
/// <c>ip</c>, and changes nothing outside.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    /// <summary>The id of the creating process is part of the name, so that leftovers of a killed run are recognized.</summary>
    private const string Prefix = "wsactors-test-";

    private const int NewNetwork = 0x40000000; // CLONE_NEWNET

    private static int Made;

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <summary>The prefix of a command that runs in it.</summary>
    public string[] Launcher => ["ip", "netns", "exec", Name];

    public static NetworkNamespace Create(string role)
    {
        var created = new NetworkNamespace(
            string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref Made)}-{role}"));
        Run($"netns add {created.Name}");
        return created;
    }

    /// <summary>Removes the leftovers of killed runs, and ends their processes.</summary>
    public static void Sweep()
    {
        var names = Run("netns list")
            .Split('\n')
            .Select(static line => line.Split(' ')[0])
            .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal));
        foreach (var name in names.Where(static name => !Directory.Exists($"/proc/{name.Split('-')[2]}")))
        {
            foreach (var id in Run($"netns pids {name}").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var left = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
                left.Kill();
                left.WaitForExit();
            }

            Run($"netns del {name}");
        }
    }

    /// <summary>Runs <c>ip</c> in it.</summary>
    public void Ip(string arguments) => Run($"-netns {Name} {arguments}");

    /// <summary>
    /// A socket of it, which may be used anywhere. A socket belongs where the thread was that made it, and a thread of the pool must not
    /// stay away.
    /// </summary>
    public Socket Socket()
    {
        Socket? socket = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var itself = File.OpenHandle($"/run/netns/{Name}");
                socket = SetNamespace(itself, NewNetwork) == 0
                    ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
                    : throw new InvalidOperationException($"setns failed with {Marshal.GetLastPInvokeError()}.");
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return socket ?? throw new InvalidOperationException($"No socket in {Name}.", failure);
    }

    public void Dispose() => Run($"netns del {Name}");

    /// <exception cref="InvalidOperationException">It failed; the message is its own.</exception>
    public static string Run(string arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("ip did not start.");
        var errors = ip.StandardError.ReadToEndAsync();
        var output = ip.StandardOutput.ReadToEnd();
        ip.WaitForExit();
        return ip.ExitCode == 0 ? output : throw new InvalidOperationException($"ip {arguments}: {errors.GetAwaiter().GetResult().Trim()}");
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNamespace(SafeFileHandle handle, int kind);
}
