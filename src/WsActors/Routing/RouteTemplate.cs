using System.Diagnostics.CodeAnalysis;
using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>
/// A path with parameters, such as <c>/chat/{room}</c>. A parameter matches one whole segment that is not empty.
/// Everything else is compared exactly, case included.
/// </summary>
internal sealed class RouteTemplate
{
    private static readonly IReadOnlyDictionary<string, string> NoValues = new Dictionary<string, string>();

    private readonly string[] _segments;

    public RouteTemplate(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith('/') || text.AsSpan().ContainsAny('?', '#'))
        {
            throw new ArgumentException($"Route '{text}' is not a path: start it with '/' and leave out a query.", nameof(text));
        }

        Text = text;
        _segments = text[1..].Split('/');
        var names = _segments.Where(IsParameter).ToArray();
        if (_segments.Any(static s => s.AsSpan().ContainsAny('{', '}') && !IsParameter(s)) || names.Distinct().Count() != names.Length)
        {
            throw new ArgumentException(
                $"Route '{text}' has a parameter that is not a whole segment '{{name}}', or two of one name:"
                + " write '/{name}', each name once.",
                nameof(text));
        }
    }

    private RouteTemplate(string text, string[] segments) => (Text, _segments) = (text, segments);

    public string Text { get; }

    /// <summary>The template of a route that another HTTP server matches: its text is a name only, and no two are the same.</summary>
    public static RouteTemplate ForHost(string text) => new(text, [text]);

    /// <summary>The number of parameters. Of two templates that match a path, the one with fewer is used.</summary>
    public int Parameters => _segments.Count(IsParameter);

    /// <summary>Whether both templates match exactly the same paths.</summary>
    public bool IsSameAs(RouteTemplate other) => _segments.Length == other._segments.Length
        && _segments.Zip(other._segments).All(static pair =>
            pair.First == pair.Second || (IsParameter(pair.First) && IsParameter(pair.Second)));

    /// <summary>Matches a path.</summary>
    /// <param name="path">A raw path. Each segment is decoded on its own, so that an encoded slash never splits a segment.</param>
    /// <param name="values">The decoded parameters, when the path matches.</param>
    public bool TryMatch(string path, [NotNullWhen(true)] out IReadOnlyDictionary<string, string>? values)
    {
        values = null;
        Dictionary<string, string>? found = null;
        var rest = path.AsSpan(1);
        for (var i = 0; i < _segments.Length; i++)
        {
            var end = rest.IndexOf('/');
            if ((end < 0) != (i == _segments.Length - 1))
            {
                return false;
            }

            var raw = end < 0 ? rest : rest[..end];
            if (!PercentEncoding.TryDecodeSegment(raw, out var segment))
            {
                return false;
            }

            if (IsParameter(_segments[i]) && segment.Length > 0)
            {
                (found ??= []).Add(_segments[i][1..^1], segment);
            }
            else if (IsParameter(_segments[i]) || segment != _segments[i])
            {
                return false;
            }

            rest = end < 0 ? [] : rest[(end + 1)..];
        }

        values = found ?? NoValues;
        return true;
    }

    private static bool IsParameter(string segment) => segment.Length > 2 && segment[0] == '{' && segment[^1] == '}';
}
