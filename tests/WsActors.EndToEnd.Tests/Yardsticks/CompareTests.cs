using System.Diagnostics;
using System.Text.RegularExpressions;

namespace WsActors.EndToEnd.Tests.Yardsticks;

/// <summary>
/// The command that compares the program with Kestrel runs, and fills its tables. How large the figures are is for people to judge.
/// </summary>
[Collection(Measured.Name)]
public sealed partial class CompareTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [LinuxFact]
    public async Task Compare_prints_figures_of_the_program_beside_those_of_Kestrel()
    {
        var (exitCode, output, errors) = await RunAsync(
            "--rows", "connects", "--servers", "sockets,kestrel", "--rounds", "1", "--seconds", "2", "--warm-up", "1", "--divide", "10");

        Assert.True(exitCode == 0, errors);
        Assert.False(output.Contains("could not take part", StringComparison.Ordinal), output);
        Assert.True(
            Figures().Matches(output).Select(static line => line.Groups["server"].Value).SequenceEqual(["sockets", "kestrel"]), output);
    }

    [LinuxFact]
    public async Task Compare_lists_the_comparisons_for_an_unknown_name()
    {
        var (exitCode, _, errors) = await RunAsync("--rows", "speed");

        Assert.Equal(1, exitCode);
        Assert.StartsWith("There is no speed; there are echo, ", errors, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        // Built beside these tests, in the same configuration.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(
            Repository.Root, "tests", "WsActors.Benchmarks", "bin", own.Parent!.Name, own.Name, "WsActors.Benchmarks.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, "compare", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            using var deadline = new CancellationTokenSource(Patience);
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    // A line of the table: comparison, server, and eight figures.
    [GeneratedRegex(
        @"^\| [^|]+ \| (?<server>[a-z0-9-]+) \|( [0-9.,]+( %)? \|){8}\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Figures();
}
