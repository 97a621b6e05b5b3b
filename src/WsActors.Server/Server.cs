using System.Net;
using System.Reflection;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsActors.Cluster;
using WsActors.Hosting;
using WsActors.Server.Samples;

namespace WsActors.Server;

/// <summary>The server's life: settings, host, routes, and one line on stderr when it cannot start.</summary>
internal static class Server
{
    /// <summary>The actor system's name, by which nodes know each other.</summary>
    public const string SystemName = "wsactors";

    /// <summary>Serves until Ctrl-C, SIGTERM or SIGHUP.</summary>
    /// <returns>0, or 1 when the server could not start, or its cluster went on without it.</returns>
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
                await Console.Error.WriteLineAsync("The other nodes of the cluster were not reached, and are more: this one has ended so that they go on alone. Start it again to join them.");
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
        var ofProgram = ServerSettings.FromProgram;
        var ofFile = ServerSettings.FromFile(options.HoconFile);
        var ofCommandLine = ServerSettings.FromCommandLine(options);

        var builder = Host.CreateApplicationBuilder();
        var ofNode = ClusterNodeSettings.FromSection(builder.Configuration.GetSection("Cluster"), ServerSettings.Merge(ofCommandLine, ofFile, ofProgram));
        var isNode = ClusterNodeSettings.IsNode(ServerSettings.Merge(ofCommandLine, ofNode, ofFile, ofProgram));

        builder.Logging.AddConsoleLog();
        builder.Services.AddHealthChecks();
        builder.Services.AddAkka(SystemName, (akka, services) =>
        {
            akka
                .ConfigureLoggers(static loggers => loggers.ClearLoggers().AddLoggerFactory())
                .AddStartup(static (system, _) => ConsoleLog.FlushAtShutdown(system))
                .AddHocon(ofProgram, HoconAddMode.Prepend)
                .AddHocon(ofFile, HoconAddMode.Prepend)
                .WithWebSockets(ws => Serve(ws, services, options).Configure(builder.Configuration.GetSection("WsActors")))
                .AddHocon(ofNode, HoconAddMode.Prepend)
                .AddHocon(ofCommandLine, HoconAddMode.Prepend);
            if (isNode)
            {
                akka.WithWebSocketCluster();
            }
        });
        return builder.Build();
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
            log.LogInformation("{What} {Url}; Ctrl-C stops", options.HasSamples ? "To chat, open" : "Serving", UrlOf(endpoint));
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

    // Akka names its own keys in some of its errors only. The value it complains of says which setting it was.
    private static string OneLine(Exception e, ServerOptions options)
    {
        if (ClusterNodeSettings.WhyNotReachable(e) is { } reason)
        {
            return reason;
        }

        var cause = e.GetBaseException().Message;
        var message = (e is TargetInvocationException ? cause : e.Message.Contains(cause, StringComparison.Ordinal) ? e.Message : $"{e.Message} {cause}")
            .ReplaceLineEndings(" ");
        var culprit = options.Settings.FirstOrDefault(s => s.Value.Length > 0 && message.Contains(s.Value, StringComparison.Ordinal));
        return culprit.Key is null || options.Settings.Any(s => message.Contains(s.Key, StringComparison.Ordinal))
            ? message
            : $"--set {culprit} is not usable: {message}";
    }
}
