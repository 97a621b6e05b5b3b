using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace WsActors.AspNetCore.Tests;

/// <summary>The app of <see cref="Program"/> in a process of its own.</summary>
internal sealed partial class AppProcess : IAsyncDisposable
{
    /// <summary>A shell that runs tests in the background makes its children ignore Ctrl-C, and these inherit that.</summary>
    private static readonly string[] Launcher = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT"] : [];

    private readonly Process _process;

    private readonly ConcurrentQueue<string> _output = new();

    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AppProcess(string hocon, bool isHttp2, string environment)
    {
        string[] command =
        [
            .. Launcher, "dotnet", typeof(Program).Assembly.Location,
            $"--{Program.Hocon}={hocon}", $"--{Program.Protocols}={(isHttp2 ? "Http2" : "Http1")}", $"--environment={environment}",
        ];
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        _process.StartInfo.Environment["DOTNET_TieredPGO"] = "0";
        _process.OutputDataReceived += (_, e) => OnOutput(e.Data);
        _process.ErrorDataReceived += (_, e) => OnOutput(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>The lines that it has written.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts it, and waits until it listens.</summary>
    public static async Task<AppProcess> StartAsync(string hocon, bool isHttp2 = false, string environment = "Production")
    {
        var app = new AppProcess(hocon, isHttp2, environment);
        app.Address = await app._address.Task.WaitAsync(App.Limit());
        return app;
    }

    public void Signal(PosixSignal signal)
    {
        using var kill = Process.Start("kill", [$"-{signal.ToString()[3..]}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(App.Limit());
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void OnOutput(string? line)
    {
        _output.Enqueue(line ?? "");
        if (ListeningOn().Match(line ?? "") is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups["address"].Value));
        }
    }

    [GeneratedRegex("Now listening on: (?<address>http.*)")]
    private static partial Regex ListeningOn();
}
