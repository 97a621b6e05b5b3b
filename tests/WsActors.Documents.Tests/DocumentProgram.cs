using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace WsActors.Documents.Tests;

/// <summary>
/// A program of a document, compiled and started with free ports in place of those that it names. <see cref="Dispose"/> kills the process.
/// </summary>
internal sealed class DocumentProgram : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("document").FullName;

    private readonly Dictionary<int, int> _ports;

    private readonly Process _process;

    /// <param name="code">The program.</param>
    /// <param name="ports">The ports that the code names.</param>
    public DocumentProgram(string code, params int[] ports)
    {
        _ports = ports.ToDictionary(static port => port, static _ => FreePort());
        var file = Path.Combine(_folder, "program.dll");
        foreach (var (named, free) in _ports)
        {
            code = code.Replace(Text(named), Text(free), StringComparison.Ordinal);
        }

        Compiler.Write(file, code);
        _process = Start(file);
    }

    /// <summary>The free port that stands for one of the code.</summary>
    public int PortOf(int port) => _ports[port];

    /// <summary>Opens a WebSocket, once the program listens.</summary>
    public async Task<ClientWebSocket> ConnectAsync(string address, CancellationToken patience)
    {
        while (true)
        {
            var client = new ClientWebSocket();
            try
            {
                await client.ConnectAsync(new Uri(address), patience);
                return client;
            }
            catch (WebSocketException) when (!_process.HasExited)
            {
                // The program has not opened its port yet.
                client.Dispose();
                await Task.Delay(100, patience);
            }
        }
    }

    /// <summary>The next text message.</summary>
    public static async Task<string> HearAsync(ClientWebSocket client, CancellationToken patience)
    {
        var buffer = new byte[1024];
        var received = await client.ReceiveAsync(buffer, patience);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    /// <summary>Sends SIGTERM, and waits for the exit code.</summary>
    public async Task<int> StopAsync(CancellationToken patience)
    {
        using var kill = Process.Start("kill", ["-TERM", Text(_process.Id)]);
        await _process.WaitForExitAsync(patience);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Runs a program with the libraries that this test was built with.</summary>
    private static Process Start(string file)
    {
        var here = Path.Combine(AppContext.BaseDirectory, "WsActors.Documents.Tests");
        string[] arguments = ["exec", "--runtimeconfig", $"{here}.runtimeconfig.json", "--depsfile", $"{here}.deps.json", file];
        return Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = AppContext.BaseDirectory })!;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
