using System.Diagnostics;
using System.Text.RegularExpressions;
using WsActors.EndToEnd.Tests.Telemetry;

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
    public void Prometheus_scrapes_each_node_where_it_listens_for_Prometheus()
    {
        var listening = MetricsOptions().Matches(Text).Select(static match => match.Groups["address"].Value).ToList();
        var scraped = Targets().Matches(PrometheusProcess.Settings()).Select(static match => match.Groups["address"].Value);

        Assert.Equal(["one.metrics:9464", "two.metrics:9464", "three.metrics:9464"], listening);
        Assert.Equal(listening, scraped);
        Assert.All(listening, static address => Assert.Contains(
            $"      metrics:\n        aliases: [{address.Split(':')[0]}]\n", Text, StringComparison.Ordinal));
    }

    /// <summary>The balancer for all, and the dashboard for this machine.</summary>
    [Fact]
    public void Only_the_balancer_and_the_dashboard_are_published()
    {
        var published = Published().Matches(Text).Select(static match => match.Groups["service"].Value + " " + match.Groups["port"].Value);

        Assert.Equal(["balancer 8080:8080", "grafana 127.0.0.1:3000:3000"], published);
        Assert.Equal(2, Text.Split("ports:").Length - 1);
        Assert.Contains("  nodes:\n    internal: true\n", Text, StringComparison.Ordinal);
        Assert.Contains("  metrics:\n    internal: true\n", Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Grafana_finds_the_dashboard_and_knows_the_interval_of_Prometheus()
    {
        var provisioning = Path.Combine(Repository.Root, "deploy", "grafana", "provisioning");
        var source = File.ReadAllText(Path.Combine(provisioning, "datasources", "prometheus.yml"));
        var dashboards = File.ReadAllText(Path.Combine(provisioning, "dashboards", "wsactors.yml"));

        Assert.Contains("timeInterval: 5s", source, StringComparison.Ordinal);
        Assert.Contains("scrape_interval: 5s", PrometheusProcess.Settings(), StringComparison.Ordinal);
        Assert.Contains("path: /var/lib/grafana/dashboards\n", dashboards, StringComparison.Ordinal);
        Assert.Contains("deploy/grafana/wsactors.json:/var/lib/grafana/dashboards/wsactors.json:ro", Text, StringComparison.Ordinal);
    }

    [ComposeFact]
    public async Task Compose_accepts_the_file()
    {
        using var compose = Process.Start(new ProcessStartInfo(
            "docker-compose", ["--profile", "conformance", "--profile", "observe", "config", "--quiet"])
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

        Assert.Equal(5, mounted.Count);
        Assert.All(mounted, static file => Assert.True(Path.Exists(file), file));
    }

    [GeneratedRegex(@"- \./(?<file>\S+):/\S+:ro$", RegexOptions.Multiline)]
    private static partial Regex Mounts();

    [GeneratedRegex(@"--metrics http://(?<address>\S+)")]
    private static partial Regex MetricsOptions();

    [GeneratedRegex(@"""(?<address>\w+\.metrics:\d+)""")]
    private static partial Regex Targets();

    // The last service before the key.
    [GeneratedRegex(@"^  (?<service>[\w-]+):\n(?:(?:    .*)?\n)*?    ports:\n      - ""(?<port>\S+)""", RegexOptions.Multiline)]
    private static partial Regex Published();

    [GeneratedRegex(@"Cluster__Seeds: (?<seeds>\S+)")]
    private static partial Regex Seeds();

    [GeneratedRegex(@"Cluster__Bind: (?<bind>\S+)")]
    private static partial Regex Binds();

    [GeneratedRegex(@"^ *server (?<host>\w+) \k<host>:8080", RegexOptions.Multiline)]
    private static partial Regex Servers();
}
