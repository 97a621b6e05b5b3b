using System.Net;
using System.Net.Sockets;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>A start failure of a node is one clear line and a nonzero exit code.</summary>
public sealed class NodeStartTests
{
    private static readonly string[] Anywhere = ["--listen", "ws://127.0.0.1:0", "--set", "akka.remote.dot-netty.tcp.port=0"];

    [Theory]
    [InlineData("A node of a cluster (akka.actor.provider = cluster) needs seed nodes", "--set", "akka.actor.provider=cluster")]
    [InlineData(
        "akka.remote.dot-netty.tcp.hostname = 0.0.0.0 is not usable: it is every address",
        "--set",
        "akka.remote.dot-netty.tcp.hostname=0.0.0.0",
        "SEEDS")]
    [InlineData(
        "akka.remote.dot-netty.tcp.maximum-frame-size = 1048576 is too small",
        "--set",
        "akka.remote.dot-netty.tcp.maximum-frame-size=1MiB",
        "SEEDS")]
    public async Task A_bad_setting_is_reported_on_one_line_with_its_name(string sentence, params string[] arguments) =>
        await ExpectAsync(
            sentence, arguments.Contains("SEEDS") ? "127.0.0.1:1" : null, [.. Anywhere, .. arguments.Where(static one => one != "SEEDS")]);

    [Fact]
    public async Task The_cluster_file_makes_a_node_that_requires_seeds() =>
        await ExpectAsync(
            "A node of a cluster (akka.actor.provider = cluster) needs seed nodes",
            seeds: null,
            [.. Anywhere, "--hocon", Path.Combine(Repository.Root, "hocon", "cluster.conf")]);

    [Fact]
    public async Task A_cluster_port_in_use_is_reported()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        await ExpectAsync(
            $"Cannot listen for other nodes on 127.0.0.1:{port}: the port is in use.",
            $"127.0.0.1:{port}",
            "--listen",
            "ws://127.0.0.1:0",
            "--set",
            $"akka.remote.dot-netty.tcp.port={port}");
    }

    [Fact]
    public async Task An_address_of_another_machine_is_reported() => await ExpectAsync(
        "Cannot listen for other nodes on 192.0.2.1:",
        "127.0.0.1:1",
        [.. Anywhere, "--set", "akka.remote.dot-netty.tcp.hostname=192.0.2.1"]);

    private static async Task ExpectAsync(string sentence, string? seeds, params string[] arguments)
    {
        var (exitCode, output, errors) = await ServerProcess.RunAsync(
            new Dictionary<string, string?> { ["Cluster__Seeds"] = seeds }, arguments);

        Assert.Equal(1, exitCode);
        Assert.StartsWith(sentence, Assert.Single(errors), StringComparison.Ordinal);
        Assert.DoesNotContain(output, static line => line.StartsWith("   at ", StringComparison.Ordinal));
    }
}
