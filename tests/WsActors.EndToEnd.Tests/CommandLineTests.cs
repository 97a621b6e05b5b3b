using System.Net;
using System.Net.Sockets;

namespace WsActors.EndToEnd.Tests;

/// <summary>A start failure is one clear line with key and value, and a nonzero exit code.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData(
        "Cannot listen on ws://127.0.0.1:99999: write ws://host:port or wss://host:port, the host an IP address, localhost or *, the port "
            + "0 to 65535",
        "--listen",
        "ws://127.0.0.1:99999")]
    [InlineData("Cannot listen on tcp://127.0.0.1:1: write ws://host:port", "--listen", "tcp://127.0.0.1:1")]
    [InlineData(
        "Cannot listen on wss://127.0.0.1:0: the akka-io transport has no TLS; set ws-actors.transport = sockets",
        "--listen",
        "wss://127.0.0.1:0")]
    [InlineData("ws-actors.tls.certificate is empty, and wss:// needs one", "--listen", "wss://127.0.0.1:0", "--transport", "sockets")]
    [InlineData(
        "ws-actors.tls.certificate = /no/such.pem is not usable: there is no such file.",
        "--listen",
        "wss://127.0.0.1:0",
        "--transport",
        "sockets",
        "--set",
        "ws-actors.tls.certificate=/no/such.pem")]
    [InlineData(
        "ws-actors.tls.password is not usable: write file:/path or env:NAME",
        "--listen",
        "wss://127.0.0.1:0",
        "--transport",
        "sockets",
        "--set",
        "ws-actors.tls.certificate=/dev/null",
        "--set",
        "ws-actors.tls.password=secret")]
    [InlineData(
        "Cannot listen on ws+unix:///run/app.sock: the akka-io transport has no Unix sockets; set ws-actors.transport = sockets",
        "--listen",
        "ws+unix:///run/app.sock")]
    [InlineData("ws-actors.transport = quic is not usable: it must be one of: akka-io, sockets.", "--transport", "quic")]
    [InlineData(
        "ws-actors.message.max-size = 4GiB is not usable: it must be a size from 1B to 2047MiB",
        "--set",
        "ws-actors.message.max-size=4GiB")]
    [InlineData("ws-actors.message.max-sise is not usable: there is no such setting", "--set", "ws-actors.message.max-sise=1KiB")]
    [InlineData("ws-actors.tick = 1h is not usable: it must be a duration", "--set", "ws-actors.tick=1h")]
    [InlineData("ws-actors.trusted-proxies = 10.0.0.1 is not usable: it is a list", "--set", "ws-actors.trusted-proxies=10.0.0.1")]
    [InlineData(
        "ws-actors.trusted-proxies holds 'somewhere', which is neither an address nor a network",
        "--set",
        "ws-actors.trusted-proxies=[somewhere]")]
    [InlineData("ws-actors.origin.allowed holds 'example', which is not an origin", "--set", "ws-actors.origin.allowed=[example]")]
    [InlineData(
        "--set ws-actors.trusted-proxies=[ is not usable: the '[' of line 1 is never closed.", "--set", "ws-actors.trusted-proxies=[")]
    [InlineData("--set akka.scheduler.tick-duration=soon is not usable:", "--set", "akka.scheduler.tick-duration=soon")]
    [InlineData("The admin page at ws://*:9090 needs a token, since other machines can reach it", "--admin", "ws://*:9090")]
    [InlineData("--admin-token-file needs --admin: the file holds the token of the admin page.", "--admin-token-file", "/no/such/file")]
    [InlineData("--hocon /no/such/file is not usable: Could not find", "--hocon", "/no/such/file")]
    public async Task A_bad_setting_is_reported_on_one_line_with_its_name(string sentence, params string[] arguments)
    {
        var (exitCode, output, errors) = await ServerProcess.RunAsync(arguments);

        Assert.Equal(1, exitCode);
        Assert.StartsWith(sentence, Assert.Single(errors), StringComparison.Ordinal);
        Assert.DoesNotContain(output, static line => line.StartsWith("   at ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ws-actors {", "the '{' of line 1 is never closed.")]
    [InlineData("a = 1 # {\nb = \"}\"\nc = \"\"\"\n{\"\"\"\n}", "'}' in line 5 closes nothing.")]
    [InlineData("a {\n  b = [1 }", "'}' in line 2 closes the '[' of line 2.")]
    [InlineData("a = \"b\nc", "the string that begins in line 1 does not end.")]
    public async Task A_file_that_is_not_HOCON_is_reported_with_file_and_line(string hocon, string sentence)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, hocon);

        var (exitCode, _, errors) = await ServerProcess.RunAsync("--hocon", file);

        File.Delete(file);
        Assert.Equal(1, exitCode);
        Assert.Equal($"--hocon {file} is not usable: {sentence}", Assert.Single(errors));
    }

    [Theory]
    [InlineData("--listn", "ws://127.0.0.1:0")]
    [InlineData("--set", "nothing")]
    [InlineData("--metrics", "ws://127.0.0.1:9464")]
    [InlineData("health", "ftp://127.0.0.1/")]
    [InlineData("cluster", "--nodes", "0")]
    [InlineData("cluster", "--port", "65516")]
    public async Task An_invalid_command_line_exits_with_2(params string[] arguments)
    {
        var (exitCode, _, errors) = await ServerProcess.RunAsync(arguments);

        Assert.Equal(2, exitCode);
        Assert.EndsWith("See --help.", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_reported_on_one_line()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var endpoint = $"ws://{taken.LocalEndPoint}";

        var (exitCode, _, errors) = await ServerProcess.RunAsync("--listen", endpoint);

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"Cannot listen on {endpoint}: the port is in use", Assert.Single(errors), StringComparison.Ordinal);

        var metrics = $"http://{taken.LocalEndPoint}";
        (exitCode, _, errors) = await ServerProcess.RunAsync("--listen", "ws://127.0.0.1:0", "--metrics", metrics);

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"Cannot listen on {metrics}/metrics: the port must be free", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_lists_every_option()
    {
        var (exitCode, output, _) = await ServerProcess.RunAsync("--help");

        Assert.Equal(0, exitCode);
        var help = string.Join('\n', output);
        Assert.All(
            ["--listen", "--transport", "--set", "--hocon", "--no-samples", "--metrics", "health", "cluster"],
            option => Assert.Contains(option, help, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_samples_can_be_switched_off()
    {
        await using var server = await ServerProcess.StartAsync("--no-samples");
        using var http = new HttpClient();

        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(server.HttpUri("/"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(server.HttpUri("/health/live"))).StatusCode);
    }
}
