using System.Text.RegularExpressions;
using WsActors.EndToEnd.Tests;

namespace WsActors.Documents.Tests;

/// <summary>A C# block of a document: the document's path, the block's number in it, starting at 1, and the code.</summary>
internal sealed partial record CodeBlock(string Document, int Number, string Code)
{
    /// <summary>All C# blocks of the README, of the packages' READMEs and of <c>docs/</c>.</summary>
    public static IReadOnlyList<CodeBlock> All { get; } = [.. Documents().SelectMany(static path => In(path))];

    /// <summary>Whether the block is an excerpt of a sample, which is compiled there.</summary>
    public bool IsOfSample => Samples.Any(sample => sample.Contains(Code, StringComparison.Ordinal));

    /// <summary>The sources of the samples.</summary>
    private static string[] Samples { get; } =
    [
        .. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "samples"))
            .SelectMany(static sample => Directory.EnumerateFiles(sample, "*.cs"))
            .Select(static source => File.ReadAllText(source)),
    ];

    /// <summary>A block of a document.</summary>
    public static CodeBlock Of(string document, int number) =>
        All.Single(block => (block.Document, block.Number) == (document, number));

    private static IEnumerable<string> Documents() => Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
        .Concat(Readmes())
        .Append(Path.Combine(Repository.Root, "README.md"))
        .Append(Path.Combine(Repository.Root, "CONTRIBUTING.md"));

    /// <summary>The README of each package, in the folder of its project.</summary>
    internal static IEnumerable<string> Readmes() => Directory
        .EnumerateDirectories(Path.Combine(Repository.Root, "src"))
        .Select(static project => Path.Combine(project, "README.md"))
        .Where(static readme => File.Exists(readme));

    private static IEnumerable<CodeBlock> In(string path) => Fence()
        .Matches(File.ReadAllText(path))
        .Select((match, index) => new CodeBlock(Path.GetRelativePath(Repository.Root, path), index + 1, match.Groups[1].Value));

    [GeneratedRegex("^```csharp\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
