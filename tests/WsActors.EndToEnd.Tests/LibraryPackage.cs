using System.IO.Compression;
using System.Xml.Linq;

namespace WsActors.EndToEnd.Tests;

/// <summary>A package of a library and the package of its symbols, opened.</summary>
public sealed class LibraryPackage : IDisposable
{
    private readonly ZipArchive _package;

    private readonly ZipArchive _symbols;

    public LibraryPackage(string library, string packages)
    {
        var file = Path.Combine(packages, $"{library}.{PackedLibraries.Version}");
        _package = ZipFile.OpenRead(file + ".nupkg");
        _symbols = ZipFile.OpenRead(file + ".snupkg");
        var nuspec = XElement.Load(new MemoryStream(Read($"{library}.nuspec")));
        Metadata = nuspec.Element(nuspec.Name.Namespace + "metadata")!;
    }

    /// <summary>The metadata of the nuspec.</summary>
    public XElement Metadata { get; }

    /// <summary>The names of the library's files.</summary>
    public IEnumerable<string> LibraryFiles => FilesIn(_package);

    /// <summary>The names of the files with symbols.</summary>
    public IEnumerable<string> SymbolFiles => FilesIn(_symbols);

    /// <summary>The packages that it depends on, each with its lowest version.</summary>
    public IEnumerable<string> Dependencies => Metadata
        .Descendants(Metadata.Name.Namespace + "dependency")
        .Select(static dependency => $"{dependency.Attribute("id")!.Value} {dependency.Attribute("version")!.Value}");

    /// <summary>An element of the metadata; null without one.</summary>
    public XElement? Element(string name) => Metadata.Element(Metadata.Name.Namespace + name);

    public byte[] Read(string file) => Read(_package, file);

    public byte[] ReadSymbols(string file) => Read(_symbols, file);

    public void Dispose()
    {
        _package.Dispose();
        _symbols.Dispose();
    }

    private static IEnumerable<string> FilesIn(ZipArchive archive) => archive.Entries
        .Select(static entry => entry.FullName)
        .Where(static name => name.StartsWith("lib/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static byte[] Read(ZipArchive archive, string file)
    {
        using var source = archive.GetEntry(file)!.Open(); // null fails the test
        using var bytes = new MemoryStream();
        source.CopyTo(bytes);
        return bytes.ToArray();
    }
}
