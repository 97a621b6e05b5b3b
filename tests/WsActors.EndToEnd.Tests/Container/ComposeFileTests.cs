using System.Diagnostics;
using System.Text.RegularExpressions;

namespace WsActors.EndToEnd.Tests.Container;

/// <summary>The node settings of <c>docker-compose.yml</c>, as the program reads them.</summary>
public sealed partial class ComposeFileTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml"));

    [Fact]
    public void Each_node_listens_on_its_seed_address_and_the_balancer_lists_it()
    {
        var seeds = Seeds().Match(Text).Groups["seeds"].Value.Split(',');
        var binds = Binds().Matches(Text).Select(static match => $"{match.Groups["bind"].Value}:4053");
        var served = Servers().Matches(Haproxy.Settings()).Select(static match => $"{match.Groups["host"].Value}.nodes:4053");

        Assert.Equal(3, seeds.Length);
        Assert.Equal(seeds, binds);
        Assert.Equal(seeds, served);
    }

    [Fact]
    public void Only_the_balancer_is_published()
    {
        var (ports, balancer) = (Text.IndexOf("ports:", StringComparison.Ordinal), Text.IndexOf("\n  balancer:", StringComparison.Ordinal));

        Assert.True(ports > balancer);
        Assert.Equal(ports, Text.LastIndexOf("ports:", StringComparison.Ordinal));
        Assert.Contains("  nodes:\n    internal: true\n", Text, StringComparison.Ordinal);
    }

    [ComposeFact]
    public async Task Compose_accepts_the_file()
    {
        using var compose = Process.Start(new ProcessStartInfo("docker-compose", ["--profile", "conformance", "config", "--quiet"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardError = true,
        })!;
        var errors = await compose.StandardError.ReadToEndAsync();
        await compose.WaitForExitAsync();

        Assert.True(compose.ExitCode == 0 && errors.Length == 0, errors);
    }

    [Fact]
    public void Mounted_files_exist()
    {
        var mounted = Mounts().Matches(Text).Select(static match => Path.Combine(Repository.Root, match.Groups["file"].Value)).ToList();

        Assert.Equal(2, mounted.Count);
        Assert.All(mounted, static file => Assert.True(File.Exists(file), file));
    }

    [GeneratedRegex(@"- \./(?<file>\S+):/\S+:ro$", RegexOptions.Multiline)]
    private static partial Regex Mounts();

    [GeneratedRegex(@"Cluster__Seeds: (?<seeds>\S+)")]
    private static partial Regex Seeds();

    [GeneratedRegex(@"Cluster__Bind: (?<bind>\S+)")]
    private static partial Regex Binds();

    [GeneratedRegex(@"^ *server (?<host>\w+) \k<host>:8080", RegexOptions.Multiline)]
    private static partial Regex Servers();
}
