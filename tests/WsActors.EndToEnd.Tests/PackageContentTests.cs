using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace WsActors.EndToEnd.Tests;

/// <summary>The metadata, dependencies and files of each package.</summary>
[Collection(Packages.Name)]
public sealed partial class PackageContentTests(PackedLibraries packed)
{
    private const int MaxReadmeBytes = 3 * 1024;

    private const int MaxIconBytes = 10 * 1024;

    /// <summary>The dependencies of each package: those of its project, and the lowest versions that work.</summary>
    private static readonly Dictionary<string, string[]> Expected = new()
    {
        ["WsActors.Protocol"] = [],
        ["WsActors"] = ["WsActors.Protocol", "Akka 1.5.74"],
        ["WsActors.Hosting"] =
        [
            "WsActors", "Akka.DependencyInjection 1.5.74", "Akka.Hosting 1.5.74", "Microsoft.Extensions.Configuration.Abstractions 10.0.0",
            "Microsoft.Extensions.Diagnostics.HealthChecks 10.0.0", "Microsoft.Extensions.Hosting.Abstractions 10.0.0",
        ],
        ["WsActors.AspNetCore"] = ["WsActors.Hosting"],
        ["WsActors.Cluster"] =
        [
            "WsActors", "Akka.Cluster 1.5.74", "Akka.Cluster.Hosting 1.5.73", "Akka.Cluster.Sharding 1.5.73", "Akka.Cluster.Tools 1.5.73",
            "Akka.DistributedData 1.5.73", "Akka.Hosting 1.5.74", "Microsoft.Extensions.Diagnostics.HealthChecks 10.0.0",
        ],
        ["WsActors.TestKit"] = ["WsActors", "Akka.TestKit 1.5.74"],
        ["WsActors.AspNetCore.TestKit"] = ["WsActors.AspNetCore", "WsActors.TestKit", "Microsoft.AspNetCore.TestHost 10.0.0"],
    };

    /// <summary>What all projects share.</summary>
    private static readonly XElement Shared = XElement.Load(Path.Combine(Repository.Root, "Directory.Build.props"));

    public static TheoryData<string> Libraries => [.. Expected.Keys];

    [Fact]
    public async Task Each_library_is_a_package_and_nothing_else_is() => Assert.Equal(
        Expected.Keys.Order(StringComparer.Ordinal),
        Directory.GetFiles(await packed.PackAsync(), "*.nupkg")
            .Select(static file => Path.GetFileName(file).Replace($".{PackedLibraries.Version}.nupkg", "", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task It_depends_on_what_its_project_names_and_on_nothing_else(string library)
    {
        using var package = await packed.OpenAsync(library);

        // Without a version: a package of ours, of the same version.
        var expected = Expected[library].Select(static name => name.Contains(' ') ? name : $"{name} {PackedLibraries.Version}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), package.Dependencies.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task It_tells_what_it_is_and_where_it_is_from(string library)
    {
        using var package = await packed.OpenAsync(library);

        Assert.NotEmpty(package.Element("description")!.Value);
        Assert.Subset(
            package.Element("tags")!.Value.Split(' ').ToHashSet(),
            new HashSet<string> { "akka", "actors", "websocket", "websockets", "rfc6455" });
        var repository = package.Element("repository")!;
        Assert.Equal("git", repository.Attribute("type")?.Value);
        Assert.Equal(SharedProperty("RepositoryUrl"), repository.Attribute("url")?.Value ?? "");
        if (Path.Exists(Path.Combine(Repository.Root, ".git")))
        {
            Assert.Matches(Commit(), repository.Attribute("commit")?.Value);
        }
    }

    /// <summary>The licence is the owner's to choose. Until then the property is there, and empty.</summary>
    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Its_licence_is_the_one_that_the_repository_names_once(string library)
    {
        using var package = await packed.OpenAsync(library);

        Assert.Equal(SharedProperty("PackageLicenseExpression"), package.Element("license")?.Value ?? "");
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Its_README_is_its_own_and_has_at_most_3_KB(string library)
    {
        using var package = await packed.OpenAsync(library);
        var readme = package.Read(package.Element("readme")!.Value);

        Assert.InRange(readme.Length, 1, MaxReadmeBytes);
        var text = Encoding.UTF8.GetString(readme);
        Assert.StartsWith($"# {library}\n", text, StringComparison.Ordinal);
        Assert.Contains($"dotnet add package {library}\n", text, StringComparison.Ordinal);
        Assert.Contains("```csharp\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("](..", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Its_icon_is_a_PNG_of_128_pixels(string library)
    {
        using var package = await packed.OpenAsync(library);
        var icon = package.Read(package.Element("icon")!.Value);

        Assert.InRange(icon.Length, 1, MaxIconBytes);
        Assert.Equal("PNG\r\n"u8, icon.AsSpan(1, 5));
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(20)));
        Assert.Equal((128, 128), (width, height));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task It_is_deterministic_and_its_symbols_name_no_path_of_the_machine(string library)
    {
        using var package = await packed.OpenAsync(library);
        var folder = "lib/net10.0/" + library;
        Assert.Equal([folder + ".dll", folder + ".xml"], package.LibraryFiles);
        Assert.Equal([folder + ".pdb"], package.SymbolFiles);

        using var assembly = new PEReader(new MemoryStream(package.Read(folder + ".dll")));
        Assert.Contains(assembly.ReadDebugDirectory(), static entry => entry.Type == DebugDirectoryEntryType.Reproducible);
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(package.ReadSymbols(folder + ".pdb")));
        var symbols = provider.GetMetadataReader();
        var sources = symbols.Documents.Select(source => symbols.GetString(symbols.GetDocument(source).Name)).ToList();
        Assert.NotEmpty(sources);
        // As the tests were built: elsewhere than in CI, a debugger finds the sources where they are.
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.All(sources, static source => Assert.StartsWith("/_", source, StringComparison.Ordinal));
        }
    }

    private static string SharedProperty(string name) => Shared.Descendants(name).Single().Value;

    [GeneratedRegex("^[0-9a-f]{40}$")]
    private static partial Regex Commit();
}
