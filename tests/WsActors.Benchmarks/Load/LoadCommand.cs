using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace WsActors.Benchmarks.Load;

/// <summary><c>load</c>: loads a server on this machine, and prints the measurements.</summary>
internal static class LoadCommand
{
    private static readonly Argument<LoadKind> Kind = new("kind") { Description = "echo, paced, storm, idle or fan." };
    private static readonly Option<int[]> Ports = new("--port", "-p")
    {
        Description = "The server's, on 127.0.0.1; given again for each node of a cluster, which take turns.",
        Required = true,
    };
    private static readonly Option<string> Path = new("--path") { Description = "The route.", DefaultValueFactory = static _ => "/echo" };
    private static readonly Option<int> Connections = Number("--connections", "-c", 100, "How many connections there are at a time.");
    private static readonly Option<int> Size = Number("--size", "-s", 64, "Bytes of a message.");
    private static readonly Option<int> Depth = Number("--depth", "-d", 1, "echo: messages of a connection on their way at a time.");
    private static readonly Option<int> Rate = Number("--rate", "-r", 1000, "paced: messages a second of all connections together.");
    private static readonly Option<int> Duration = Number("--seconds", "-t", 5, "How long it is measured.");
    private static readonly Option<int> WarmUp = Number("--warm-up", "-w", 1, "Seconds before that.");
    private static readonly Option<int[]> Servers = new("--server")
    {
        Description = "The server's process, to tell its processor time and memory; given again for each node.",
        HelpName = "pid",
    };
    private static readonly Option<bool> Binary = new("--binary") { Description = "Sends binary messages rather than text." };
    private static readonly Option<string?> Tls = new("--tls")
    {
        Description = "Connects by wss to the server with this certificate: a PEM file.",
        HelpName = "file",
    };
    private static readonly Option<bool> Deflate = new("--deflate") { Description = "Offers permessage-deflate and compresses." };
    private static readonly Option<bool> Http2 = new("--http2") { Description = "Opens each WebSocket over HTTP/2, without TLS." };
    private static readonly Option<bool> Json = new("--json") { Description = "Says it in one line of JSON." };

    public static Command Create()
    {
        var command = new Command("load", "Loads a WebSocket server on this machine from one thread. Linux only.")
        {
            Kind, Ports, Path, Connections, Size, Depth, Rate, Duration, WarmUp, Servers, Binary, Tls, Deflate, Http2, Json,
        };
        command.Validators.Add(static parsed =>
        {
            if (parsed.GetValue(Http2) && (parsed.GetValue(Tls) is not null || parsed.GetValue(Deflate)))
            {
                parsed.AddError("--http2 goes without --tls and --deflate.");
            }
        });
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(Options(parsed), parsed.GetValue(Json), cancellation)));
        return command;
    }

    /// <summary>The command line that asks for this load, and for one line of JSON.</summary>
    public static string[] Arguments(LoadOptions options) =>
    [
        "load", options.Kind.ToString(),
        .. options.Ports.SelectMany(static port => new[] { Ports.Name, Text(port) }),
        Path.Name, options.Path,
        Connections.Name, Text(options.Connections),
        Size.Name, Text(options.Size),
        Depth.Name, Text(options.Depth),
        Rate.Name, Text(options.Rate),
        Duration.Name, Text((int)options.Duration.TotalSeconds),
        WarmUp.Name, Text((int)options.WarmUp.TotalSeconds),
        .. options.Servers.SelectMany(static server => new[] { Servers.Name, Text(server) }),
        .. options.Certificate is { } certificate ? [Tls.Name, certificate] : Array.Empty<string>(),
        .. options.IsBinary ? [Binary.Name] : Array.Empty<string>(),
        .. options.IsCompressed ? [Deflate.Name] : Array.Empty<string>(),
        .. options.IsHttp2 ? [Http2.Name] : Array.Empty<string>(),
        Json.Name,
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Run(LoadOptions options, bool json, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("The load needs Linux: one thread waits for thousands of sockets with epoll.");
            return 1;
        }

        try
        {
            using var run = new LoadRun(options);
            var result = run.Run(() => Console.WriteLine($"{options.Connections} open"), cancellation);
            Console.WriteLine(json ? JsonSerializer.Serialize(result) : Sentence(options, result));
            return result.Errors == 0 ? 0 : 1;
        }
        catch (Exception e) when (e is LoadException or OperationCanceledException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static string Sentence(LoadOptions options, LoadResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{options.Kind} of {options.Size} B on {options.Connections} connections: opened {result.OpenedPerSecond:N0}/s, "
        + $"{result.PerSecond:N0}/s, p50 {result.P50:N0} µs, p99 {result.P99:N0} µs, p99.9 {result.P999:N0} µs, "
        + $"server {result.ServerCpu:N2} µs each and {result.ServerMemory:N0} MB, load {result.LoadBusy:P0} of a core, "
        + $"{result.Errors} errors");

    private static LoadOptions Options(ParseResult parsed) => new()
    {
        Kind = parsed.GetRequiredValue(Kind),
        Ports = parsed.GetRequiredValue(Ports),
        Path = parsed.GetRequiredValue(Path),
        Connections = parsed.GetRequiredValue(Connections),
        Size = parsed.GetRequiredValue(Size),
        Depth = parsed.GetRequiredValue(Depth),
        Rate = parsed.GetRequiredValue(Rate),
        Duration = TimeSpan.FromSeconds(parsed.GetRequiredValue(Duration)),
        WarmUp = TimeSpan.FromSeconds(parsed.GetRequiredValue(WarmUp)),
        Servers = parsed.GetValue(Servers) ?? [],
        IsBinary = parsed.GetValue(Binary),
        Certificate = parsed.GetValue(Tls),
        IsCompressed = parsed.GetValue(Deflate),
        IsHttp2 = parsed.GetValue(Http2),
    };

    private static Option<int> Number(string name, string alias, int otherwise, string description)
    {
        var option = new Option<int>(name, alias) { Description = description, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1
                && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var number)
                && number < (name == "--warm-up" ? 0 : 1))
            {
                result.AddError($"{name} {number} is too small.");
            }
        });
        return option;
    }
}
