using System.Text.Json;
using System.Text.RegularExpressions;

namespace WsActors.EndToEnd.Tests.Telemetry;

/// <summary>The queries of <c>deploy/grafana/wsactors.json</c>, with values for Grafana's variables.</summary>
internal static partial class Dashboard
{
    private const string AllValues = ".*";

    /// <summary>The panels with a query, by title.</summary>
    public static IReadOnlyList<(string Panel, string Query)> Queries { get; } = [.. Read()];

    /// <summary>The metrics that a query reads, each with the labels that it names.</summary>
    public static IEnumerable<(string Metric, IReadOnlyList<string> Labels)> MetricsOf(string query)
    {
        var by = By().Matches(query).SelectMany(static match => match.Groups["labels"].Value.Split(", "));
        foreach (Match selector in Selectors().Matches(query))
        {
            var labels = Labels().Matches(selector.Groups["matchers"].Value).Select(static match => match.Groups["label"].Value);
            yield return (selector.Groups["metric"].Value, [.. by.Concat(labels).Distinct()]);
        }
    }

    private static IEnumerable<(string, string)> Read()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "grafana", "wsactors.json")));
        var variables = file.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray()
            .Where(static variable => variable.GetProperty("type").GetString() == "query")
            .Select(static variable =>
                (Text(variable, "name"), LabelValues().Replace(Text(variable, "query"), "group by (${label}) (${metric}{})")));
        var panels =
            from panel in file.RootElement.GetProperty("panels").EnumerateArray()
            where Text(panel, "type") != "row"
            from target in panel.GetProperty("targets").EnumerateArray()
            select (Text(panel, "title"), Text(target, "expr"));
        return [.. variables.Concat(panels).Select(static one => (one.Item1, WithValues(one.Item2)))];
    }

    private static string WithValues(string query) => query
        .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
        .Replace("$instance", AllValues, StringComparison.Ordinal)
        .Replace("$route", AllValues, StringComparison.Ordinal);

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!; // a dashboard has them all

    [GeneratedRegex(@"^label_values\((?<metric>\w+), (?<label>\w+)\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex(@"(?<metric>\w+)\{(?<matchers>[^}]*)\}")]
    private static partial Regex Selectors();

    [GeneratedRegex(@"(?<label>\w+)(=~|!~|!=|=)""")]
    private static partial Regex Labels();

    [GeneratedRegex(@"\bby \((?<labels>[^)]+)\)")]
    private static partial Regex By();
}
