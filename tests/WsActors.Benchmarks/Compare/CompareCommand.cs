using System.CommandLine;

namespace WsActors.Benchmarks.Compare;

/// <summary><c>compare</c>: the program beside Kestrel, on the same loads.</summary>
internal static class CompareCommand
{
    private static readonly Option<string> Rows = new("--rows")
    {
        Description =
            $"What to compare, divided by commas: {string.Join(',', Row.All.Select(static row => row.Name))}. Everything unless given.",
        HelpName = "names",
        DefaultValueFactory = static _ => string.Join(',', Row.All.Select(static row => row.Name)),
    };

    private static readonly Option<string> Servers = new("--servers")
    {
        Description =
            "Who takes part: sockets, akka-io and akka-io-64k (with frames of 64 KiB) are the program's transports; sockets-inline is "
                + "sockets with the echo on a route that says Inline, and sockets has it on the thread pool; sockets-3 and akka-io-3 are "
                + "a cluster of three; aspnetcore is an app with WsActors.AspNetCore, and aspnetcore-inline has the echo on such a route; "
                + "aspnetcore-h2 is that app over HTTP/2, with kestrel-h2 as its reference; kestrel, and kestrel-inline on the polling "
                + "threads.",
        HelpName = "names",
        DefaultValueFactory = static _ => "sockets,akka-io,kestrel",
    };

    private static readonly Option<int> Rounds = new("--rounds")
    {
        Description = "How often each is measured, in turn.",
        DefaultValueFactory = static _ => 3,
    };
    private static readonly Option<int> Duration = new("--seconds")
    {
        Description = "How long each time.",
        DefaultValueFactory = static _ => 3,
    };
    private static readonly Option<int> WarmUp = new("--warm-up")
    {
        Description = "How many seconds of its first load each has before a row is measured: so long .NET compiles what is much used.",
        DefaultValueFactory = static _ => 20,
    };
    private static readonly Option<int> Divide = new("--divide")
    {
        Description = "Divides all numbers of connections by this, for a quick look.",
        DefaultValueFactory = static _ => 1,
    };
    private static readonly Option<string?> Program = new("--program")
    {
        Description = "Another build of the program: its WsActors.Server.dll.",
        HelpName = "file",
    };

    public static Command Create()
    {
        var command = new Command(
            "compare", "Runs the program and Kestrel in turn on the same loads, and writes tables in Markdown. Linux only.")
        {
            Rows, Servers, Rounds, Duration, WarmUp, Divide, Program,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            var divide = Math.Max(1, parsed.GetRequiredValue(Divide));
            var options = new CompareOptions
            {
                Rows = [.. Pick(parsed.GetRequiredValue(Rows), Row.All, static row => row.Name)
                    .Select(row => row with { Shapes = [.. row.Shapes.Select(shape => shape.Divided(divide))] })],
                Contenders = Pick(
                    parsed.GetRequiredValue(Servers), Contender.All(Built(parsed.GetValue(Program))), static contender => contender.Name),
                Rounds = Math.Max(1, parsed.GetRequiredValue(Rounds)),
                Duration = TimeSpan.FromSeconds(Math.Max(1, parsed.GetRequiredValue(Duration))),
                WarmUp = TimeSpan.FromSeconds(Math.Max(0, parsed.GetRequiredValue(WarmUp))),
            };
            using var comparison = new Comparison(options, Console.Out, Console.Error, cancellation);
            await comparison.RunAsync();
            return 0;
        }
        catch (Exception e) when (e is CompareException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static string Built(string? program)
    {
        var file = Path.GetFullPath(program ?? Contender.DefaultProgram());
        return File.Exists(file)
            ? file
            : throw new CompareException($"{file} does not exist: build src/WsActors.Server, or name another build with --program.");
    }

    private static T[] Pick<T>(string names, IReadOnlyList<T> all, Func<T, string> nameOf) =>
    [
        .. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(name =>
            all.FirstOrDefault(one => nameOf(one) == name)
            ?? throw new CompareException($"There is no {name}; there are {string.Join(", ", all.Select(nameOf))}.")),
    ];
}
