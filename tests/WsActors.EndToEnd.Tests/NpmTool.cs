using System.Diagnostics;

namespace WsActors.EndToEnd.Tests;

/// <summary>Runs a command of Node.js, or of a package that <c>clients/node/package.json</c> names.</summary>
internal static class NpmTool
{
    /// <summary>Expects success.</summary>
    /// <returns>The standard output.</returns>
    public static async Task<string> RunAsync(string folder, string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var own = Path.Combine(NpmFactAttribute.Tools, command);
        start.FileName = File.Exists(own) ? own : command;
        start.Environment["PATH"] = NpmFactAttribute.Tools + Path.PathSeparator + start.Environment["PATH"];
        using var process = Process.Start(start)!; // not null: the shell is not used
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(120));
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{command} failed:\n{await output}\n{errors}");
        return await output;
    }
}
