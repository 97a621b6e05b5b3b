using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using WsActors.Server.Telemetry;

namespace WsActors.Server;

/// <summary>The command line. Exit codes: 0 success, 1 failure, 2 a command line that cannot be parsed.</summary>
internal static class CommandLine
{
    private static readonly Option<string[]> Listen = new("--listen")
    {
        Description = "An address to listen on; repeatable. The host is an IP address, localhost (both loopback addresses) or * (every"
            + " address). Also wss://host:port (ws-actors.tls) and ws+unix:///path, both with the transport sockets.",
        HelpName = "ws://host:port",
        DefaultValueFactory = static _ => ["ws://127.0.0.1:8080"],
    };

    private static readonly Option<string?> Transport = new("--transport")
    {
        Description = "The byte source: akka-io or sockets.",
        HelpName = "name",
    };

    private static readonly Option<Setting[]> Set = new("--set")
    {
        Description = "A HOCON key and its value, such as ws-actors.message.max-size=64KiB; repeatable. Takes precedence over all other"
            + " settings.",
        HelpName = "key=value",
        CustomParser = ParseSettings,
    };

    private static readonly Option<string?> Hocon = new("--hocon")
    {
        Description = "A HOCON file; the keys of ws-actors and their defaults are in hocon/ws-actors.conf.",
        HelpName = "file",
    };

    private static readonly Option<bool> NoSamples = new("--no-samples")
    {
        Description = "Serves only /health/live and /health/ready: no chat, no echo, no broadcast.",
    };

    private static readonly Option<MetricsAddress?> Metrics = new("--metrics")
    {
        Description = "The address at which Prometheus scrapes /metrics; nothing listens without it. The host is an IPv4 address, a name of"
            + " this machine or * (every address).",
        HelpName = "http://host:port",
        CustomParser = ParseMetrics,
    };

    private static readonly Option<string?> Admin = new("--admin")
    {
        Description = "The address of the admin page, such as ws://127.0.0.1:9090; none by default. Another address than one of loopback"
            + " needs a token. Of a cluster, its first node serves the page.",
        HelpName = "ws://host:port",
    };

    private static readonly Option<string?> AdminTokenFile = new("--admin-token-file")
    {
        Description = $"A file with the token that the admin page asks for; or set {Server.AdminTokenVariable} in the environment.",
        HelpName = "file",
    };

    private static readonly Argument<Uri> HealthUrl = new("url")
    {
        Description = "The URL to ask, such as http://127.0.0.1:8080/health/ready.",
        CustomParser = ParseUrl,
    };

    private static readonly Option<int> Nodes = Number("--nodes", "The number of nodes.", 3, max: 20);

    private static readonly Option<int> Port =
        Number("--port", "The first node's port for browsers; the others use the following ports.", 8081, max: 65515);

    private static readonly Option<int> NodePort =
        Number("--node-port", "The first node's port for other nodes; the others use the following ports.", 4053, max: 65515);

    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync(string.Join(' ', parsed.Errors.Select(static e => e.Message)) + " See --help.");
            return 2;
        }

        // The host handles SIGTERM and Ctrl-C, and takes longer to stop than the command line's timeout.
        var configuration = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        return await parsed.InvokeAsync(configuration);
    }

    private static RootCommand Root()
    {
        var health = new Command("health", "Asks a running server for its health; exits with 0 on a 200. For container health checks.")
        {
            HealthUrl,
        };
        health.SetAction(static (parsed, cancellation) => HealthProbe.RunAsync(parsed.GetRequiredValue(HealthUrl), cancellation));

        var cluster = new Command("cluster", "Starts the nodes of a cluster on this machine, to try it. Ctrl-C stops all.")
        {
            Nodes, Port, NodePort, Admin, AdminTokenFile,
        };
        cluster.SetAction(static (parsed, _) => ClusterCommand.RunAsync(
            parsed.GetValue(Nodes),
            parsed.GetValue(Port),
            parsed.GetValue(NodePort),
            parsed.GetValue(Admin),
            parsed.GetValue(AdminTokenFile)));

        var root = new RootCommand("A WebSocket server on Akka.NET, with a chat page, an echo and a broadcast.")
        {
            Listen, Transport, Set, Hocon, NoSamples, Metrics, Admin, AdminTokenFile, health, cluster,
        };
        root.SetAction(static parsed => Server.RunAsync(new ServerOptions
        {
            Listen = parsed.GetRequiredValue(Listen),
            Transport = parsed.GetValue(Transport),
            Settings = parsed.GetValue(Set) ?? [],
            HoconFile = parsed.GetValue(Hocon),
            HasSamples = !parsed.GetValue(NoSamples),
            Metrics = parsed.GetValue(Metrics),
            Admin = parsed.GetValue(Admin),
            AdminTokenFile = parsed.GetValue(AdminTokenFile),
        }));
        return root;
    }

    private static Option<int> Number(string name, string description, int value, int max) => new(name)
    {
        Description = description,
        HelpName = "number",
        DefaultValueFactory = _ => value,
        Validators =
        {
            result =>
            {
                if (result.Tokens is [var token]
                    && !(int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= max))
                {
                    result.AddError($"{name} {token.Value} is not a number from 1 to {max}.");
                }
            },
        },
    };

    private static Setting[]? ParseSettings(ArgumentResult result)
    {
        var settings = new List<Setting>();
        foreach (var token in result.Tokens)
        {
            if (!Setting.TryParse(token.Value, out var setting))
            {
                result.AddError($"--set {token.Value} is not key=value, such as ws-actors.message.max-size=64KiB.");
                return null;
            }

            settings.Add(setting);
        }

        return [.. settings];
    }

    private static MetricsAddress? ParseMetrics(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (MetricsAddress.TryParse(text, out var address))
        {
            return address;
        }

        result.AddError($"--metrics {text} is not http://host:port, the host an IPv4 address, a name or *.");
        return null;
    }

    private static Uri? ParseUrl(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        result.AddError($"{text} is not an http:// URL.");
        return null;
    }
}
