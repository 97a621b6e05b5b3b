using System.Globalization;

namespace WsActors.Benchmarks.Compare;

/// <summary>Writes a table as Markdown has it: what comes first is text, all else numbers.</summary>
internal sealed class MarkdownTable(TextWriter output)
{
    /// <summary>Begins one.</summary>
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

    /// <summary>How many times as much; empty where there is nothing to compare with.</summary>
    public static string Ratio(double value, double? of) =>
        of is > 0 ? (value / of.Value).ToString("N2", CultureInfo.InvariantCulture) : "";

    public static string Percent(double value) => value.ToString("P0", CultureInfo.InvariantCulture);
}
