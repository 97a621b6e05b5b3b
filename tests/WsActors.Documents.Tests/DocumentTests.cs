using System.Text.RegularExpressions;
using WsActors.EndToEnd.Tests;

namespace WsActors.Documents.Tests;

/// <summary>Links of the documents lead somewhere, and pages stay small.</summary>
public sealed partial class DocumentTests
{
    internal const int MaxColumns = 140;

    private const int MaxLines = 200;

    private const int MaxReadmeBytes = 12 * 1024;

    /// <summary>The glossary and the settings grow with the code, and are searched rather than read.</summary>
    private static readonly string[] Lists = [Path.Combine("docs", "design", "words.md"), Path.Combine("docs", "settings.md")];

    public static TheoryData<string> Pages =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"))
            .Concat(CodeBlock.Readmes())
            .Append(Path.Combine(Repository.Root, "src", "WsActors", "Sessions", "README.md"))
            .Select(static path => Path.GetRelativePath(Repository.Root, path)),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Its_links_lead_to_files_and_headings_that_exist(string page)
    {
        var links = Link().Matches(WithoutCode(Read(page)))
            .Select(static match => match.Groups[1].Value)
            .Where(static link => !link.Contains("://", StringComparison.Ordinal));

        Assert.All(links, link => Assert.True(Exists(page, link), link));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Its_lines_outside_tables_have_at_most_140_columns(string page)
    {
        if (page != "CHANGELOG.md")
        {
            Assert.DoesNotContain(Read(page).Split('\n'), static line => line.Length > MaxColumns && !line.StartsWith('|'));
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void It_is_a_page_and_not_a_book(string page)
    {
        if (page != "CHANGELOG.md" && !Lists.Contains(page))
        {
            Assert.InRange(Read(page).Split('\n').Length, 1, MaxLines);
        }
    }

    [Fact]
    public void The_README_has_at_most_12_KB() =>
        Assert.InRange(new FileInfo(Path.Combine(Repository.Root, "README.md")).Length, 1, MaxReadmeBytes);

    [Fact]
    public void The_files_on_the_road_of_a_message_exist()
    {
        var sources = Path.Combine(Repository.Root, "src");
        var files = Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(sources, file).Replace('\\', '/'))
            .ToArray();
        var named = RowFile().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "design", "road-of-a-message.md")))
            .Select(static row => row.Groups["file"].Value)
            .ToArray();

        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, name => !files.Contains($"WsActors/{name}.cs") && !files.Contains($"WsActors.{name}.cs"));
    }

    [Fact]
    public void The_index_links_each_page_of_docs()
    {
        var index = Read(Path.Combine("docs", "README.md"));
        var pages = Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(static path => Path.GetFileName(path));

        Assert.All(pages.Where(static page => page != "README.md"), page => Assert.Contains($"]({page})", index, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("What it costs", "what-it-costs")]
    [InlineData("Serve wss://", "serve-wss")]
    [InlineData("A client's `Inline`: what, then?", "a-clients-inline-what-then")]
    public void A_heading_has_the_anchor_that_GitHub_gives_it(string heading, string anchor) => Assert.Equal(anchor, AnchorOf(heading));

    private static string Read(string page) => File.ReadAllText(Path.Combine(Repository.Root, page));

    private static bool Exists(string page, string link)
    {
        var (path, anchor) = link.Split('#', 2) is [var before, var after] ? (before, after) : (link, "");
        var target = path.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, path);
        var full = Path.GetFullPath(Path.Combine(Repository.Root, target));
        return anchor.Length == 0
            ? File.Exists(full) || Directory.Exists(full)
            : File.Exists(full) && AnchorsOf(File.ReadAllText(full)).Contains(anchor);
    }

    private static IEnumerable<string> AnchorsOf(string text) =>
        Heading().Matches(WithoutCode(text)).Select(static heading => AnchorOf(heading.Groups[1].Value));

    /// <summary>Lower case; spaces are hyphens; punctuation goes.</summary>
    private static string AnchorOf(string heading) => NoAnchor().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    private static string WithoutCode(string text) => Code().Replace(text, "");

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();

    /// <summary>A row of the road: its number, and the file in the second column.</summary>
    [GeneratedRegex(@"^\| \d+ \| `(?<file>[A-Za-z0-9/.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex RowFile();
}
