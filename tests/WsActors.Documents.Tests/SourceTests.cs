using WsActors.EndToEnd.Tests;

namespace WsActors.Documents.Tests;

/// <summary>
/// Sources of the product, of its samples and of its tests are as narrow as the pages: <c>max_line_length</c> of <c>.editorconfig</c>.
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
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories)
            .Where(static file => Kinds.Contains(Path.GetExtension(file)) && !IsBuilt(file))
            .ToList();
        var tooLong =
            from source in sources
            from line in File.ReadLines(source).Select(static (text, i) => (Text: text, Number: i + 1))
            where line.Text.Length > DocumentTests.MaxColumns
            select $"{Path.GetRelativePath(Repository.Root, source)}:{line.Number}";

        Assert.NotEmpty(sources);
        Assert.Empty(tooLong);
    }

    /// <summary>Whether a build wrote the file, or a package manager.</summary>
    private static bool IsBuilt(string file) =>
        file.Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj" or "node_modules");
}
