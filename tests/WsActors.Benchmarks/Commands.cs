using System.CommandLine;
using WsActors.Benchmarks.Compare;
using WsActors.Benchmarks.Load;
using WsActors.Benchmarks.Peer;

namespace WsActors.Benchmarks;

/// <summary>The commands and options of the command line beside those of BenchmarkDotNet.</summary>
internal static class Commands
{
    private static readonly RootCommand Root = new(
        "Measures the program beside others. What is no command below goes to BenchmarkDotNet, such as --filter '*'.")
    {
        CompareCommand.Create(),
        LoadCommand.Create(),
        KestrelCommand.Create(),
        AspNetCoreCommand.Create(),
    };

    /// <summary>Whether the arguments start with a command of this program, or ask for help.</summary>
    public static bool Understands(string[] args) =>
        args is [] or ["--help" or "-h" or "-?"] || Root.Subcommands.Any(command => command.Name == args[0]);

    public static Task<int> RunAsync(string[] args) =>
        Root.Parse(args is [] ? ["--help"] : args).InvokeAsync(
            new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10), EnableDefaultExceptionHandler = false });
}
