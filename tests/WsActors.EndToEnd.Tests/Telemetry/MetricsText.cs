using System.Text.RegularExpressions;

namespace WsActors.EndToEnd.Tests.Telemetry;

/// <summary>An answer of <c>/metrics</c>: the names of the metrics, and the labels of each.</summary>
internal sealed partial class MetricsText
{
    private readonly Dictionary<string, HashSet<string>> _labels = [];

    private readonly string _text;

    private MetricsText(string text)
    {
        _text = text;
        foreach (Match sample in Samples().Matches(text))
        {
            if (!_labels.TryGetValue(sample.Groups["metric"].Value, out var labels))
            {
                _labels[sample.Groups["metric"].Value] = labels = [];
            }

            labels.UnionWith(Labels().Matches(sample.Groups["labels"].Value).Select(static match => match.Groups["label"].Value));
        }
    }

    public static MetricsText Parse(string text) => new(text);

    /// <summary>Whether some series of the metric has the label.</summary>
    public bool Has(string metric, string label) => _labels.TryGetValue(metric, out var labels) && labels.Contains(label);

    public bool Has(string metric) => _labels.ContainsKey(metric);

    /// <summary>The values of a label, each once, in the order of the text.</summary>
    public IEnumerable<string> ValuesOf(string metric, string label) => Samples().Matches(_text)
        .Where(sample => sample.Groups["metric"].Value == metric)
        .SelectMany(sample => Labels().Matches(sample.Groups["labels"].Value))
        .Where(match => match.Groups["label"].Value == label)
        .Select(static match => match.Groups["value"].Value)
        .Distinct();

    [GeneratedRegex(@"^(?<metric>[a-zA-Z_]\w*)(\{(?<labels>.*)\})? \S+$", RegexOptions.Multiline)]
    private static partial Regex Samples();

    [GeneratedRegex(@"(?<label>\w+)=""(?<value>([^""\\]|\\.)*)""")]
    private static partial Regex Labels();
}
