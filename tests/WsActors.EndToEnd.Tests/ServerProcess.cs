using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using WsActors.Tests.Loopback;

namespace WsActors.EndToEnd.Tests;

/// <summary>The real program, started with a command line, on a free loopback port unless the test names one.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // A shell that runs the tests in the background makes its children deaf to Ctrl-C, nohup to SIGHUP, and the deafness is inherited.
    private static readonly string[] Launcher = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT,HUP"] : [];

    // ProgramCompiledAhead.targets makes it, for other projects that start it, too.
    private static readonly string CompiledAhead = Path.Combine(
        Repository.Root,
        "tests/WsActors.EndToEnd.Tests/bin",
        Path.GetRelativePath(Path.Combine(AppContext.BaseDirectory, "../.."), AppContext.BaseDirectory),
        "program/WsActors.Server.dll");

    private readonly Process _process;

    private readonly ConcurrentQueue<string> _lines = new();

    private readonly ConcurrentQueue<string> _errors = new();

    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Channel<LiveMemory> _memory = Channel.CreateUnbounded<LiveMemory>();

    private ServerProcess(
        string[] arguments, IEnumerable<KeyValuePair<string, string?>> environment, string? program = null, params string[] within)
    {
        program ??= CompiledAhead;
        string[] command =
        [
            .. within, .. Launcher, .. Path.GetExtension(program) == ".dll" ? ["dotnet"] : Array.Empty<string>(), program, .. arguments,
        ];
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            },
        };
        // The process lives for seconds: its own profiling would pay off too late, and so would optimised code while it starts.
        _process.StartInfo.Environment["DOTNET_TieredPGO"] = "0";
        _process.StartInfo.Environment["DOTNET_TC_CallCountingDelayMs"] = "FA0"; // hexadecimal: 4 s
        foreach (var (name, value) in environment)
        {
            _process.StartInfo.Environment[name] = value;
        }

        Meter = new ProcessMeter(_process);
        _process.OutputDataReceived += (_, e) => Note(e.Data);
        _process.ErrorDataReceived += (_, e) => _errors.Enqueue(e.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Port { get; private set; }

    public int Id => _process.Id;

    /// <summary>The lines it has written so far.</summary>
    public IReadOnlyCollection<string> Output => _lines;

    /// <summary>The lines it has written to the standard error so far.</summary>
    public IReadOnlyCollection<string> Errors => [.. _errors.Where(static line => line.Length > 0)];

    /// <summary>Its resource use.</summary>
    public ProcessMeter Meter { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    public static Task<ServerProcess> StartAsync(params string[] arguments) => StartAsync([], arguments);

    /// <summary>The same with additional environment variables.</summary>
    public static Task<ServerProcess> StartAsync(Dictionary<string, string?> environment, params string[] arguments) =>
        StartAsync([], environment, arguments);

    /// <summary>The same by a command that replaces itself with the given command line.</summary>
    public static Task<ServerProcess> StartAsync(string[] within, Dictionary<string, string?> environment, params string[] arguments)
    {
        string[] listen = arguments.Contains("--listen") ? [] : ["--listen", "ws://127.0.0.1:0"];
        var transport = arguments.Contains("--transport") ? [] : ByteSourceUnderTest.Arguments;
        return ListeningAsync(new ServerProcess([.. transport, .. listen, .. arguments], environment, within: within));
    }

    /// <summary>Starts one that was built elsewhere: an assembly, or a single file.</summary>
    public static Task<ServerProcess> StartProgramAsync(
        string program, Dictionary<string, string?>? environment = null, params string[] arguments) =>
        ListeningAsync(new ServerProcess(["--listen", "ws://127.0.0.1:0", .. arguments], environment ?? [], program));

    private static async Task<ServerProcess> ListeningAsync(ServerProcess server)
    {
        try
        {
            server.Port = await server._port.Task.WaitAsync(Patience);
            return server;
        }
        catch (Exception e)
        {
            await using (server)
            {
                if (e is EndOfStreamException)
                {
                    await server.WaitForExitAsync(); // and all its errors are complete
                }

                throw new InvalidOperationException(
                    $"The server did not start to listen. It wrote:\n{string.Join('\n', [.. server.Output, .. server.Errors])}", e);
            }
        }
    }

    /// <summary>Starts it, and waits for nothing.</summary>
    public static ServerProcess Run(params string[] arguments) => new(arguments, []);

    /// <summary>Its live memory after a garbage collection. It must have been started in <see cref="LiveMemory.Environment"/>.</summary>
    public async Task<LiveMemory> LiveMemoryAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        return await _memory.Reader.ReadAsync().AsTask().WaitAsync(Patience);
    }

    /// <summary>Runs it to its end.</summary>
    public static Task<(
        int ExitCode, IReadOnlyCollection<string> Output, IReadOnlyCollection<string> Errors)> RunAsync(params string[] arguments) =>
        RunAsync([], arguments);

    /// <summary>The same with additional environment variables.</summary>
    public static Task<(int ExitCode, IReadOnlyCollection<string> Output, IReadOnlyCollection<string> Errors)> RunAsync(
        Dictionary<string, string?> environment,
        params string[] arguments) => RunAsync([], environment, arguments);

    /// <summary>The same, started by a command that replaces itself with the program, such as a shell that sets limits first.</summary>
    public static async Task<(int ExitCode, IReadOnlyCollection<string> Output, IReadOnlyCollection<string> Errors)> RunAsync(
        string[] within,
        Dictionary<string, string?> environment,
        params string[] arguments)
    {
        await using var server = new ServerProcess(arguments, environment, within: within);
        return (await server.WaitForExitAsync(), server.Output, server.Errors);
    }

    public Uri WebSocketUri(string path) => new($"ws://127.0.0.1:{Port}{path}");

    public Uri HttpUri(string path) => new($"http://127.0.0.1:{Port}{path}");

    public async Task<ClientWebSocket> ConnectAsync(string path)
    {
        var client = new ClientWebSocket();
        using var patience = new CancellationTokenSource(Patience);
        await client.ConnectAsync(WebSocketUri(path), patience.Token);
        return client;
    }

    /// <summary>Asks it to end, as a container or Ctrl-C does.</summary>
    public void Signal(PosixSignal signal) => Signal(signal.ToString()[3..]);

    /// <summary>Stops it, as a container freezer does, and resumes it after a time.</summary>
    public async Task FreezeAsync(TimeSpan time, Func<Task> meanwhile)
    {
        Signal("STOP");
        try
        {
            await Task.WhenAll(meanwhile(), Task.Delay(time));
        }
        finally
        {
            Signal("CONT");
        }
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Kills it.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Its exit code, once it and its output have ended.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Note(string? line)
    {
        if (line is null)
        {
            _port.TrySetException(new EndOfStreamException("It ended."));
            _memory.Writer.TryComplete();
            return;
        }

        _lines.Enqueue(line);
        if (BoundTo().Match(line) is { Success: true } match)
        {
            _port.TrySetResult(int.Parse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture));
        }

        if (LiveMemory.Parse(line) is { } memory)
        {
            _memory.Writer.TryWrite(memory);
        }
    }

    [GeneratedRegex(@"bound to .*:(?<port>\d+)")]
    private static partial Regex BoundTo();
}
