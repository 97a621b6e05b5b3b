using System.Diagnostics;
using System.Text.RegularExpressions;

namespace WsActors.EndToEnd.Tests.Container;

/// <summary>
/// The image's build, step by step as the Dockerfile has it, in a scratch folder: no container is needed to see that it works.
/// </summary>
public sealed class DockerfileTests
{
    private static readonly string Dockerfile = Path.Combine(Repository.Root, "src", "WsActors.Server", "Dockerfile");

    [Fact]
    public async Task The_copied_files_are_enough_to_build_a_serving_program()
    {
        var scratch = Directory.CreateTempSubdirectory("wsactors-image-").FullName;
        try
        {
            var (source, app) = (Directory.CreateDirectory(Path.Combine(scratch, "source")).FullName, Path.Combine(scratch, "app"));
            foreach (var step in StepsOf("build"))
            {
                switch (step.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    case ["COPY", .. var from, var to]: Array.ForEach(from, one => Copy(one, Path.Combine(source, to))); break;
                    case ["RUN", ..]: await RunAsync(source, step["RUN ".Length..].Replace("/app", app, StringComparison.Ordinal)); break;
                    case ["FROM" or "WORKDIR", ..]: break;
                    default: Assert.Fail($"This test does not know the step: {step}"); break;
                }
            }

            await using var server = await ServerProcess.StartProgramAsync(Path.Combine(app, "WsActors.Server.dll"));
            using var http = new HttpClient();
            Assert.Equal("ready\n", await http.GetStringAsync(server.HttpUri("/health/ready")));
            Assert.Contains("chat.js", await http.GetStringAsync(server.HttpUri("/")), StringComparison.Ordinal);
            await AssertSingleFileServesAsync(source, Path.Combine(scratch, "single"));
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    // Built here, where its libraries are built already. As a cluster node it needs most of the types that Akka loads by name.
    private static async Task AssertSingleFileServesAsync(string source, string app)
    {
        await RunAsync(
            source,
            $"dotnet publish src/WsActors.Server --configuration Release --use-current-runtime --self-contained --output {app} "
            + "-p:PublishSingleFile=true -p:PublishTrimmed=true");
        Assert.Empty(Directory.GetFiles(app, "*.dll"));
        var (port, metrics) = (FreePorts.One(), $"http://127.0.0.1:{FreePorts.One()}");
        await using var server = await ServerProcess.StartProgramAsync(
            Path.Combine(app, "WsActors.Server"),
            new Dictionary<string, string?> { ["Cluster__Seeds"] = $"127.0.0.1:{port}", ["Cluster__Port"] = port },
            "--metrics",
            metrics);
        using var http = new HttpClient();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!(await http.GetAsync(server.HttpUri("/health/ready"), patience.Token)).IsSuccessStatusCode)
        {
            await Task.Delay(100, patience.Token);
        }

        using var client = await server.ConnectAsync("/echo");
        await client.SendAsync("hi");
        Assert.Equal("hi", await client.ReceiveTextAsync());
        var exported = await http.GetStringAsync(new Uri($"{metrics}/metrics"));
        Assert.All(
            ["wsactors_messages_total", "dotnet_gc_collections_total", "service_name=\"wsactors\""],
            text => Assert.Contains(text, exported, StringComparison.Ordinal));
        Assert.Contains("chat.js", await http.GetStringAsync(server.HttpUri("/")), StringComparison.Ordinal);
        Assert.Empty(server.Errors);
    }

    // The publish above runs no analyzers, to save time.
    [Fact]
    public async Task A_trimmed_publish_with_analyzers_does_not_judge_the_libraries() => Assert.Equal(
        "false",
        (await RunAsync(Repository.Root, "dotnet msbuild src/WsActors -getProperty:EnableTrimAnalyzer -p:PublishTrimmed=true")).Trim());

    /// <summary>The instructions of a stage, comments and line ends taken away.</summary>
    private static IEnumerable<string> StepsOf(string stage) => Regex.Replace(File.ReadAllText(Dockerfile), @"\\\n\s*", "").Split('\n')
        .Where(static line => line.Length > 0 && line[0] != '#')
        .SkipWhile(line => !(line.StartsWith("FROM ", StringComparison.Ordinal) && line.EndsWith($" AS {stage}", StringComparison.Ordinal)))
        .TakeWhile((line, at) => at == 0 || !line.StartsWith("FROM ", StringComparison.Ordinal));

    /// <summary>Copies like COPY: a file into a folder, a folder's content into one; never the files of <c>.dockerignore</c>.</summary>
    private static void Copy(string from, string to)
    {
        var path = Path.Combine(Repository.Root, from);
        if (File.Exists(path))
        {
            Directory.CreateDirectory(to);
            File.Copy(path, Path.Combine(to, Path.GetFileName(path)));
            return;
        }

        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(path, file);
            if (!relative.Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj"))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, relative))!); // a file is in a folder
                File.Copy(file, Path.Combine(to, relative), overwrite: true);
            }
        }
    }

    /// <summary>What the command wrote.</summary>
    private static async Task<string> RunAsync(string folder, string command)
    {
        // A separate build, which leaves no build node running.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            // Analyzers have judged the sources when the tests were built. The runtime's profiling does not pay off for one compilation.
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1", ["RunAnalyzers"] = "false", ["DOTNET_TieredPGO"] = "0" },
        })!; // not null: the shell is not used
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{command} failed:\n{output}");
        return output;
    }
}
