using System.Globalization;

namespace WsActors.Benchmarks.Compare;

/// <summary>Writes a table as Markdown: the first column is text, the others are numbers.</summary>
internal sealed class MarkdownTable(TextWriter output)
{
    /// <summary>Starts a table.</summary>
    /// <param name="title">Above it.</param>
    /// <param name="text">Columns of text.</param>
    /// <param name="numbers">Columns of numbers.</param>
    public void Begin(string title, string[] text, string[] numbers)
    {
        output.WriteLine($"\n### {title}\n");
        Line([.. text, .. numbers]);
        Line([.. text.Select(static _ => "---"), .. numbers.Select(static _ => "---:")]);
    }

    public void Line(params IEnumerable<string> cells) => output.WriteLine($"| {string.Join(" | ", cells)} |");

    /// <summary>Three digits that mean something.</summary>
    public static string Number(double value) => value switch
    {
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("N1", CultureInfo.InvariantCulture),
        _ => value.ToString("N2", CultureInfo.InvariantCulture),
    };

    /// <summary>The ratio to the reference; empty without a reference.</summary>
    public static string Ratio(double value, double? of) =>
        of is > 0 ? (value / of.Value).ToString("N2", CultureInfo.InvariantCulture) : "";

    public static string Percent(double value) => value.ToString("P0", CultureInfo.InvariantCulture);
}
