using System.Diagnostics;

namespace WsActors.EndToEnd.Tests;

/// <summary>The .NET SDK as a user runs it.</summary>
internal static class Dotnet
{
    /// <summary>Runs a command in a folder, and returns what it printed. An exit code other than 0 fails the test.</summary>
    public static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        // Analyzers have judged these sources when the tests were built.
        using var process = Process.Start(new ProcessStartInfo("dotnet", [.. arguments, "-p:RunAnalyzers=false"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The runtime's profiling does not pay off for a compiler that runs once.
            Environment = { ["DOTNET_TieredPGO"] = "0" },
        })!; // not null: the shell is not used
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} failed:\n{output}\n{await error}");
        return output;
    }
}
