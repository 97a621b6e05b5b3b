using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;

namespace WsActors.Hosting.Tests;

/// <summary>The program as a process: its command line, its errors, its health routes, its end.</summary>
public sealed partial class ProgramTests
{
    private const string FreePort = "ws://127.0.0.1:0";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("--listen ws://127.0.0.1:99999", "Cannot listen on ws://127.0.0.1:99999: write ws://host:port")]
    [InlineData("--listen wss://127.0.0.1:0", "Cannot listen on wss://127.0.0.1:0: the akka-io transport has no TLS")]
    [InlineData("--transport quic", "ws-actors.transport = quic is not usable: it must be one of: akka-io.")]
    [InlineData("--set ws-actors.message.max-size=4GiB", "ws-actors.message.max-size = 4GiB is not usable: it must be a size from 1B to 2047MiB")]
    [InlineData("--set ws-actors.message.max-sise=1KiB", "ws-actors.message.max-sise = 1KiB is not usable: there is no such setting")]
    [InlineData("--set ws-actors.trusted-proxies=10.0.0.1", "ws-actors.trusted-proxies = 10.0.0.1 is not usable: it is a list")]
    [InlineData("--set ws-actors.trusted-proxies=[", "--set ws-actors.trusted-proxies=[ is not usable: the '[' of line 1 is never closed.")]
    [InlineData("--set akka.scheduler.tick-duration=soon", "--set akka.scheduler.tick-duration=soon is not usable:")]
    [InlineData("--hocon /no/such/file", "--hocon /no/such/file is not usable: Could not find")]
    public async Task A_configuration_that_is_wrong_is_one_line_on_stderr_and_exit_code_1(string arguments, string sentence)
    {
        using var program = Program.Start(arguments);

        Assert.Equal(1, await program.ExitCodeAsync());
        var line = Assert.Single(await program.ErrorLinesAsync());
        Assert.StartsWith(sentence, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", await program.OutputAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ws-actors {", "the '{' of line 1 is never closed.")]
    [InlineData("a = 1 # {\nb = \"}\"\nc = \"\"\"\n{\"\"\"\n}", "'}' in line 5 closes nothing.")]
    [InlineData("a {\n  b = [1 }", "'}' in line 2 closes the '[' of line 2.")]
    [InlineData("a = \"b\nc", "the string that begins in line 1 does not end.")]
    public async Task A_file_that_is_not_HOCON_is_an_error_that_names_file_and_line(string hocon, string sentence)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, hocon);
        using var program = Program.Start($"--hocon {file}");

        Assert.Equal(1, await program.ExitCodeAsync());
        Assert.Equal($"--hocon {file} is not usable: {sentence}", Assert.Single(await program.ErrorLinesAsync()));
        File.Delete(file);
    }

    [Theory]
    [InlineData("--listn ws://127.0.0.1:0")]
    [InlineData("--set nothing")]
    [InlineData("health ftp://127.0.0.1/")]
    public async Task A_command_line_that_is_not_understood_is_exit_code_2(string arguments)
    {
        using var program = Program.Start(arguments);

        Assert.Equal(2, await program.ExitCodeAsync());
        Assert.EndsWith("See --help.", Assert.Single(await program.ErrorLinesAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_exit_code_1()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        using var program = Program.Start($"--listen ws://{taken.LocalEndPoint}");

        Assert.Equal(1, await program.ExitCodeAsync());
        Assert.StartsWith($"Cannot listen on ws://{taken.LocalEndPoint}: the port is in use", Assert.Single(await program.ErrorLinesAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_routes_answer_HTTP_1_0_probes_also_at_the_connection_limit()
    {
        using var program = Program.Start($"--listen {FreePort} --set ws-actors.connections.max=1");
        var port = await program.PortAsync();
        using var client = await ConnectAsync(port);

        Assert.StartsWith("HTTP/1.1 200", await SendAsync(port, "GET /health/live HTTP/1.0\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await SendAsync(port, "GET /health/ready HTTP/1.0\r\n\r\n"), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(port));
    }

    [Fact]
    public async Task The_command_health_exits_with_0_for_200_and_with_1_otherwise()
    {
        using var program = Program.Start($"--listen {FreePort}");
        var port = await program.PortAsync();

        using var ready = Program.Start($"health http://127.0.0.1:{port}/health/ready");
        using var nothing = Program.Start($"health http://127.0.0.1:{port}/nothing");
        using var nobody = Program.Start("health http://127.0.0.1:1/");

        Assert.Equal(0, await ready.ExitCodeAsync());
        Assert.Equal(1, await nothing.ExitCodeAsync());
        Assert.Contains("answers 404", Assert.Single(await nothing.ErrorLinesAsync()), StringComparison.Ordinal);
        Assert.Equal(1, await nobody.ExitCodeAsync());
        Assert.Contains("does not answer", Assert.Single(await nobody.ErrorLinesAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Samples_may_be_switched_off()
    {
        using var program = Program.Start($"--listen {FreePort} --no-samples");
        var port = await program.PortAsync();

        Assert.StartsWith("HTTP/1.1 404", await SendAsync(port, "GET / HTTP/1.0\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await SendAsync(port, "GET /health/live HTTP/1.0\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_closes_connections_with_1001_and_ends_with_exit_code_0(string signal)
    {
        using var program = Program.Start($"--listen {FreePort}");
        using var client = await ConnectAsync(await program.PortAsync());

        await program.SignalAsync(signal);
        using var patience = new CancellationTokenSource(Patience);
        var received = await client.ReceiveAsync(new byte[256], patience.Token);
        await client.CloseOutputAsync(received.CloseStatus!.Value, "", patience.Token);

        Assert.Equal(1001, (int)received.CloseStatus.Value);
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.Empty(await program.ErrorLinesAsync());
    }

    [Fact]
    public async Task Every_line_of_the_log_is_time_level_and_a_message_with_its_values()
    {
        using var program = Program.Start($"--listen {FreePort}");
        var port = await program.PortAsync();
        await program.SignalAsync("TERM");

        Assert.Equal(0, await program.ExitCodeAsync());
        var output = await program.OutputAsync();
        Assert.Contains($" INF Listening on {FreePort}, bound to 127.0.0.1:{port}", output, StringComparison.Ordinal);
        Assert.DoesNotContain('{', output);
        Assert.All(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), static line => Assert.Matches(LogLine(), line));
    }

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3} [A-Z]{3} \S")]
    private static partial Regex LogLine();

    private static async Task<ClientWebSocket> ConnectAsync(int port)
    {
        using var patience = new CancellationTokenSource(Patience);
        var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/broadcast/here"), patience.Token);
        return client;
    }

    private static async Task<string> SendAsync(int port, string request)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, patience.Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), patience.Token);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync(patience.Token);
    }

    /// <summary>One run of the program.</summary>
    private sealed partial class Program : IDisposable
    {
        private readonly Process _process;

        private readonly Task<string> _errors;

        private readonly StringBuilder _output = new();

        private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private readonly Task _reading;

        private Program(Process process)
        {
            _process = process;
            _errors = process.StandardError.ReadToEndAsync();
            _reading = ReadAsync();
        }

        public static Program Start(string arguments)
        {
            var program = Path.Combine(AppContext.BaseDirectory, "WsActors.Server.dll");
            return new Program(Process.Start(new ProcessStartInfo("dotnet", $"\"{program}\" {arguments}")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!);
        }

        /// <summary>The port that was free.</summary>
        public Task<int> PortAsync() => _port.Task.WaitAsync(Patience);

        public async Task SignalAsync(string signal)
        {
            using var kill = Process.Start("kill", ["-s", signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }

        public async Task<int> ExitCodeAsync()
        {
            await _process.WaitForExitAsync().WaitAsync(Patience);
            return _process.ExitCode;
        }

        public async Task<string[]> ErrorLinesAsync() => (await _errors).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        public async Task<string> OutputAsync()
        {
            await _reading;
            return _output.ToString();
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            _process.Dispose();
        }

        private async Task ReadAsync()
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                _output.Append(line).Append('\n');
                if (Bound().Match(line) is { Success: true } bound)
                {
                    _port.TrySetResult(int.Parse(bound.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
                }
            }
        }

        [GeneratedRegex(@"bound to .*:(\d+)$")]
        private static partial Regex Bound();
    }
}
