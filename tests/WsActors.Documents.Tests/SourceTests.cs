using WsActors.EndToEnd.Tests;

namespace WsActors.Documents.Tests;

/// <summary>
/// Two rules of <c>.editorconfig</c> that no build checks: <c>max_line_length</c> and <c>dotnet_sort_system_directives_first</c>.
/// </summary>
public sealed class SourceTests
{
    private static readonly string[] Kinds = [".cs", ".csproj", ".props", ".conf"];

    [Theory]
    [InlineData("hocon")]
    [InlineData("samples")]
    [InlineData("src")]
    [InlineData("tests")]
    public void Its_lines_have_at_most_140_columns(string folder)
    {
        var sources = Sources(folder, Kinds);
        var tooLong =
            from source in sources
            from line in File.ReadLines(source).Select(static (text, i) => (Text: text, Number: i + 1))
            where line.Text.Length > DocumentTests.MaxColumns
            select $"{Path.GetRelativePath(Repository.Root, source)}:{line.Number}";

        Assert.NotEmpty(sources);
        Assert.Empty(tooLong);
    }

    [Theory]
    [InlineData("samples")]
    [InlineData("src")]
    [InlineData("tests")]
    public void Its_usings_are_in_order(string folder)
    {
        var sources = Sources(folder, ".cs");
        var unsorted =
            from source in sources
            let usings = File.ReadLines(source).Where(static line => line.StartsWith("using ", StringComparison.Ordinal)).ToList()
            where !usings.SequenceEqual(InOrder(usings))
            select $"{Path.GetRelativePath(Repository.Root, source)} has its usings in this order:\n{string.Join('\n', InOrder(usings))}";

        Assert.NotEmpty(sources);
        Assert.Empty(unsorted);
    }

    [Fact]
    public void Usings_are_namespaces_then_types_then_aliases_and_System_is_first() => Assert.Equal(
        [
            "using System;", "using System.IO;", "using Akka.Actor;", "using Akka.IO;", "using Systems;", "using static System.Math;",
            "using static Akka.Hosting;", "using A = Zebra;", "using Wire = System.Text;",
        ],
        InOrder([
            "using Wire = System.Text;", "using A = Zebra;", "using static Akka.Hosting;", "using static System.Math;", "using Systems;",
            "using Akka.IO;", "using Akka.Actor;", "using System.IO;", "using System;",
        ]));

    private static IEnumerable<string> InOrder(IEnumerable<string> usings) => usings
        .OrderBy(static line => line.Contains('=') ? 2 : line.StartsWith("using static ", StringComparison.Ordinal) ? 1 : 0)
        .ThenBy(static line => !line.Contains('=') && Name(line).Split('.', ';')[0] != "System")
        .ThenBy(static line => Name(line).TrimEnd(';'), StringComparer.OrdinalIgnoreCase);

    private static string Name(string line) => line.Split(' ')[line.StartsWith("using static ", StringComparison.Ordinal) ? 2 : 1];

    private static List<string> Sources(string folder, params string[] kinds) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories)
            .Where(file => kinds.Contains(Path.GetExtension(file)) && !IsBuilt(file)),
    ];

    /// <summary>Whether a build wrote the file, or a package manager.</summary>
    private static bool IsBuilt(string file) =>
        file.Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj" or "node_modules");
}
