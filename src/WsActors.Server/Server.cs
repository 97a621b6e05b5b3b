using System.Net;
using System.Reflection;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsActors.Cluster;
using WsActors.Hosting;
using WsActors.Server.Samples;
using WsActors.Server.Telemetry;

namespace WsActors.Server;

/// <summary>Builds and runs the server: settings, host, routes, and one line on stderr when it cannot start.</summary>
internal static class Server
{
    /// <summary>The actor system's name; it is part of the addresses of nodes.</summary>
    public const string SystemName = "wsactors";

    /// <summary>The environment variable with the admin page's token.</summary>
    public const string AdminTokenVariable = "WSACTORS_ADMIN_TOKEN";

    /// <summary>Serves until Ctrl-C, SIGTERM or SIGHUP.</summary>
    /// <returns>0, or 1 when the server could not start, or its node was downed.</returns>
    public static async Task<int> RunAsync(ServerOptions options)
    {
        try
        {
            using var host = Build(options);
            using var signals = new Signals(host);
            await host.StartAsync();
            StartupDescriptors.Release();
            await Announce(host, options);
            var shutdown = CoordinatedShutdown.Get(host.Services.GetRequiredService<ActorSystem>());
            await host.WaitForShutdownAsync();
            if (shutdown.ShutdownReason is CoordinatedShutdown.ClusterDowningReason)
            {
                await Console.Error.WriteLineAsync(
                    "This node lost contact with the majority of its cluster and has ended: start it again to rejoin.");
                return 1;
            }

            return Environment.ExitCode;
        }
        catch (Exception e) when (!StartupDescriptors.IsCauseOf(e))
        {
            await Console.Error.WriteLineAsync(OneLine(e, options));
            return 1;
        }
    }

    private static IHost Build(ServerOptions options)
    {
        var program = ServerSettings.FromProgram;
        var file = ServerSettings.FromFile(options.HoconFile);
        var commandLine = ServerSettings.FromCommandLine(options);

        var builder = Host.CreateApplicationBuilder();
        var section = builder.Configuration.GetSection("Cluster");
        var node = ClusterNodeSettings.FromSection(section, ServerSettings.Merge(commandLine, file, program));
        var isNode = ClusterNodeSettings.IsNode(ServerSettings.Merge(commandLine, node, file, program));

        builder.Logging.AddConsoleLog();
        builder.Services.AddHealthChecks();
        TelemetryExport.AddTo(builder, options.Metrics);
        builder.Services.AddAkka(SystemName, (akka, services) =>
        {
            akka
                .ConfigureLoggers(static loggers => loggers.ClearLoggers().AddLoggerFactory())
                .AddStartup(static (system, _) => ConsoleLog.FlushAtShutdown(system))
                .AddHocon(program, HoconAddMode.Prepend)
                .AddHocon(file, HoconAddMode.Prepend)
                .WithWebSockets(ws => Serve(ws, services, options).Configure(builder.Configuration.GetSection("WsActors")))
                .AddAdmin(options)
                .AddHocon(node, HoconAddMode.Prepend)
                .AddHocon(commandLine, HoconAddMode.Prepend);
            if (isNode)
            {
                akka.WithWebSocketCluster();
            }
        });
        return builder.Build();
    }

    private static AkkaConfigurationBuilder AddAdmin(this AkkaConfigurationBuilder akka, ServerOptions options)
    {
        if (options.Admin is not { } endpoint)
        {
            return options.AdminTokenFile is null
                ? akka
                : throw new ConfigurationException("--admin-token-file needs --admin: the file holds the token of the admin page.");
        }

        var token = Environment.GetEnvironmentVariable(AdminTokenVariable);
        return akka.WithWebSocketAdmin(endpoint, new WebSocketAdminOptions
        {
            TokenFile = options.AdminTokenFile,
            Token = options.AdminTokenFile is null && !string.IsNullOrEmpty(token) ? token : null,
        });
    }

    private static WebSocketsBuilder Serve(WebSocketsBuilder ws, IServiceProvider services, ServerOptions options)
    {
        foreach (var endpoint in options.Listen)
        {
            ws.Listen(endpoint);
        }

        if (options.HasSamples)
        {
            ws.Routes(static (routes, _) => routes.MapSamples());
        }

        return ws.GetHealth(services);
    }

    private static async Task Announce(IHost host, ServerOptions options)
    {
        var manager = host.Services.GetRequiredService<ActorRegistry>().Get<WebSocketManagerKey>();
        var totals = await manager.Ask<Ws.Totals>(Ws.GetStats.Instance, TimeSpan.FromSeconds(5));
        var log = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("WsActors.Server");
        foreach (var endpoint in totals.Endpoints)
        {
            var what = endpoint.Endpoint == options.Admin ? "To administer, open" : options.HasSamples ? "To chat, open" : "Serving";
            log.LogInformation("{What} {Url}; Ctrl-C stops", what, UrlOf(endpoint));
        }

        if (options.Metrics is { } metrics && !TelemetryExport.IsDisabled(host.Services.GetRequiredService<IConfiguration>()))
        {
            log.LogInformation("Metrics for Prometheus: {Url}", metrics);
        }
    }

    /// <summary>The URL of an endpoint for a browser on this machine.</summary>
    private static string UrlOf(Ws.EndpointTotals endpoint)
    {
        var scheme = endpoint.Endpoint.StartsWith("wss:", StringComparison.OrdinalIgnoreCase) ? "https" : "http";
        return endpoint.LocalEndPoint switch
        {
            IPEndPoint ip when ip.Address.Equals(IPAddress.Any) || ip.Address.Equals(IPAddress.IPv6Any)
                || endpoint.Endpoint.Contains("://localhost:", StringComparison.OrdinalIgnoreCase) => $"{scheme}://localhost:{ip.Port}/",
            IPEndPoint ip => $"{scheme}://{ip}/",
            _ => endpoint.Endpoint,
        };
    }

    // Only some of Akka's errors name the key. Otherwise the setting is found by the value in the message.
    private static string OneLine(Exception e, ServerOptions options)
    {
        if ((ClusterNodeSettings.WhyNotReachable(e) ?? TelemetryExport.WhyNotListening(e, options.Metrics)) is { } reason)
        {
            return reason;
        }

        var cause = e.GetBaseException().Message;
        var text = e is TargetInvocationException ? cause
            : e.Message.Contains(cause, StringComparison.Ordinal) ? e.Message
            : $"{e.Message} {cause}";
        var message = text.ReplaceLineEndings(" ");
        var setting = options.Settings.FirstOrDefault(s => s.Value.Length > 0 && message.Contains(s.Value, StringComparison.Ordinal));
        return setting.Key is null || options.Settings.Any(s => message.Contains(s.Key, StringComparison.Ordinal))
            ? message
            : $"--set {setting} is not usable: {message}";
    }
}
