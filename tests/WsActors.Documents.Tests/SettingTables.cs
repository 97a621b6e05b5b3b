using System.Text;
using WsActors.Settings;

namespace WsActors.Documents.Tests;

/// <summary>
/// The tables of <c>docs/settings.md</c>: keys, kinds, ranges and meanings from the tables that the code reads by, defaults from
/// <c>hocon/ws-actors.conf</c>.
/// </summary>
internal static class SettingTables
{
    private const string Begin = "<!-- The tables are generated: CONTRIBUTING.md says how. -->";

    private const string End = "<!-- End of the generated tables. -->";

    /// <summary>Every setting, in the order of the documentation.</summary>
    public static IEnumerable<SettingRow> Rows => Groups.SelectMany(static group => group.Rows);

    private static IEnumerable<(string Title, IEnumerable<SettingRow> Rows)> Groups =>
    [
        ("Connections of endpoints and clients", ConnectionSettings.Table),
        ("Endpoints", EndpointSettings.Own),
        ("Clients", ClientSettings.Own),
        ("The whole system", ManagerSettings.Table),
    ];

    /// <summary>The document with its tables as they must be.</summary>
    public static string Rewrite(string document)
    {
        var begin = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = document.IndexOf(End, begin, StringComparison.Ordinal);
        return document[..begin] + "\n" + Markdown() + "\n" + document[end..];
    }

    private static string Markdown()
    {
        var text = new StringBuilder();
        foreach (var (title, rows) in Groups)
        {
            text.Append($"\n## {title}\n\n| key | kind | range | default | meaning |\n| --- | --- | --- | --- | --- |\n");
            foreach (var row in rows)
            {
                text.Append($"| `{row.Key}` | {row.Kind} | {row.Range} | {Default(row.Key)} | {row.Meaning} |\n");
            }
        }

        return text.ToString();
    }

    private static string Default(string key) =>
        WebSocketExtension.DefaultConfig.GetString($"ws-actors.{key}") is { Length: > 0 } text ? $"`{text}`" : "none";
}
