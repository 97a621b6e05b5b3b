using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using WsActors.Server.Pages;

namespace WsActors.EndToEnd.Tests;

/// <summary>The npm package <c>@wsactors/session</c>, packed as it is published.</summary>
public sealed class NpmPackageTests : IDisposable
{
    private static readonly string Source = Path.Combine(Repository.Root, "src", "wsactors-session");

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("wsactors-npm-");

    [NpmFact]
    public async Task The_package_is_small_typed_and_without_dependencies_and_its_checkers_are_content()
    {
        var archive = await PackAsync();
        var installed = _scratch.CreateSubdirectory("app/node_modules/@wsactors/session").FullName;
        var files = await InstallAsync(archive, installed);
        Assert.Equal(["README.md", "dist/session.js", "package.json", "session.d.ts"], files.Order(StringComparer.Ordinal));
        Assert.InRange(GzippedLength(Path.Combine(installed, "dist/session.js")), 1, 5_000);
        Assert.InRange(new FileInfo(Path.Combine(installed, "README.md")).Length, 1, 3_000);
        var manifest = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllBytesAsync(Path.Combine(installed, "package.json")));
        Assert.False(manifest.TryGetProperty("dependencies", out _) || manifest.TryGetProperty("peerDependencies", out _));

        var app = Path.Combine(_scratch.FullName, "app");
        File.Copy(Path.Combine(NodeFactAttribute.Folder, "session-types.ts"), Path.Combine(app, "types.ts"));
        await File.WriteAllTextAsync(Path.Combine(app, "unused.js"), "import { WsSession } from '@wsactors/session';");
        await File.WriteAllTextAsync(
            Path.Combine(app, "used.mjs"), "import * as all from '@wsactors/session'; console.log(Object.keys(all).join());");
        string[] compile = ["--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "types.ts", "--lib"];
        var outputs = await Task.WhenAll(
            NpmTool.RunAsync(app, "publint", "run", archive, "--strict"),
            NpmTool.RunAsync(app, "attw", archive, "--profile", "esm-only"),
            NpmTool.RunAsync(app, "tsc", [.. compile, "es2022,dom"]),
            NpmTool.RunAsync(app, "tsc", [.. compile, "es2022,webworker"]),
            NpmTool.RunAsync(app, "node", "used.mjs"),
            NpmTool.RunAsync(app, "esbuild", "unused.js", "--bundle", "--format=esm", "--log-level=error"));
        Assert.Equal("WsSession", outputs[4].Trim());
        Assert.DoesNotContain("class", outputs[5], StringComparison.Ordinal); // it has no side effects, so nothing of it is left
    }

    [Fact]
    public void The_served_script_is_the_module_and_its_only_source_is_the_package()
    {
        var module = File.ReadAllText(Path.Combine(Source, "session.js"));
        var script = System.Text.Encoding.UTF8.GetString(ChatPage.Session.Body.Span);

        Assert.Equal(
            $"(() => {{\n'use strict';\n\n{module.Replace("export class", "class", StringComparison.Ordinal)}\n"
                + "globalThis.WsSession = WsSession;\n})();\n",
            script);
        Assert.Equal(
            [Path.Combine(Source, "session.js")],
            new[] { "src", "samples", "docs" }
                .SelectMany(static folder => Directory.EnumerateFiles(
                    Path.Combine(Repository.Root, folder), "*.js", SearchOption.AllDirectories))
                .Where(static file => !file.Split(Path.DirectorySeparatorChar).Intersect(["bin", "obj", "dist", "node_modules"]).Any())
                .Where(static file => File.ReadAllText(file).Contains("class WsSession ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("class WsSession {}\n")]
    [InlineData("\nexport class WsSession {}\n\nexport const more = 1;\n")]
    [InlineData("\nexport class WsSession {}\n\nexport class WsSession {}\n")]
    public void A_module_of_another_shape_is_no_classic_script(string module) => Assert.Throws<InvalidOperationException>(
        () => ClassicScript.FromModule(System.Text.Encoding.UTF8.GetBytes(module), "WsSession"));

    public void Dispose() => _scratch.Delete(recursive: true);

    /// <summary>Packs a copy, since the packing writes next to the source.</summary>
    private async Task<string> PackAsync()
    {
        var copy = _scratch.CreateSubdirectory("source").FullName;
        foreach (var file in Directory.GetFiles(Source))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        await NpmTool.RunAsync(copy, "npm", "pack", "--silent", "--pack-destination", _scratch.FullName);
        return Assert.Single(Directory.GetFiles(_scratch.FullName, "*.tgz"));
    }

    private static async Task<List<string>> InstallAsync(string archive, string folder)
    {
        var files = new List<string>();
        await using var bytes = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        await using var reader = new TarReader(bytes);
        while (await reader.GetNextEntryAsync() is { } entry)
        {
            var name = entry.Name["package/".Length..];
            files.Add(name);
            var target = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!); // not null: it is in the folder
            await entry.ExtractToFileAsync(target, overwrite: false);
        }

        return files;
    }

    private static long GzippedLength(string file)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(File.ReadAllBytes(file));
        }

        return target.Length;
    }
}
