using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WsActors.Samples.Tests;

/// <summary>
/// The sample HelloWebSocket as it was built, in a process, with a free port in place of its own. <see cref="Dispose"/> kills the process.
/// </summary>
internal sealed class HelloProgram : IDisposable
{
    private const string Name = "HelloWebSocket";

    private const string Address = "ws://127.0.0.1:8080";

    private readonly string _folder = Directory.CreateTempSubdirectory("hello").FullName;

    public HelloProgram()
    {
        var port = FreePort().ToString(CultureInfo.InvariantCulture);
        Uri = new Uri(Address.Replace("8080", port, StringComparison.Ordinal));
        var built = AppContext.BaseDirectory.Replace(
            Path.Combine("tests", "WsActors.Samples.Tests"), Path.Combine("samples", Name), StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(built))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }

        var program = Path.Combine(_folder, $"{Name}.dll");
        File.WriteAllBytes(program, WithPort(File.ReadAllBytes(program), port));
        Process = Process.Start(new ProcessStartInfo("dotnet", [program]) { WorkingDirectory = _folder })!;
    }

    public Uri Uri { get; }

    public Process Process { get; }

    /// <summary>Sends SIGTERM, and waits for the exit code.</summary>
    public async Task<int> StopAsync(CancellationToken limit)
    {
        using var kill = Process.Start("kill", ["-TERM", Process.Id.ToString(CultureInfo.InvariantCulture)]);
        await Process.WaitForExitAsync(limit);
        return Process.ExitCode;
    }

    public void Dispose()
    {
        Process.Kill();
        Process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Replaces the port in the program's literal, which an assembly holds as UTF-16.</summary>
    private static byte[] WithPort(byte[] assembly, string port)
    {
        var at = assembly.AsSpan().IndexOf(Encoding.Unicode.GetBytes(Address));
        Assert.NotEqual(-1, at);
        Encoding.Unicode.GetBytes(Address.Replace("8080", port, StringComparison.Ordinal)).CopyTo(assembly, at);
        return assembly;
    }

    /// <summary>A free port of four digits.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(2000, 10_000);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // The port is in use; another one is tried.
            }
        }
    }
}
