namespace WsActors.EndToEnd.Tests;

/// <summary>The libraries as packages, packed once for all tests of them, in a folder that knows nothing of this repository.</summary>
public sealed class PackedLibraries : IDisposable
{
    public const string Version = "0.0.0-test";

    private readonly Lazy<Task<string>> _packages;

    public PackedLibraries() => _packages = new Lazy<Task<string>>(RunPackAsync);

    /// <summary>The configuration of the build whose output this is: the name of its folder.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name; // not null: it is in bin

    public string Folder { get; } = Directory.CreateTempSubdirectory("wsactors-scratch-").FullName;

    /// <summary>Packs the libraries, unless that has been done.</summary>
    /// <returns>The folder of the packages.</returns>
    public Task<string> PackAsync() => _packages.Value;

    /// <summary>Packs the libraries, unless that has been done, and opens one of the packages.</summary>
    public async Task<LibraryPackage> OpenAsync(string library) => new(library, await PackAsync());

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>As the tests were built, so that nothing is compiled again.</summary>
    private async Task<string> RunPackAsync()
    {
        var packages = Path.Combine(Folder, "packages");
        await Dotnet.RunAsync(
            Repository.Root,
            "pack",
            "--no-build",
            "--configuration",
            Configuration,
            "-p:MinVerVersionOverride=" + Version,
            "--output",
            packages,
            $"-p:NuspecOutputPath={Folder}/build/");
        return packages;
    }
}
