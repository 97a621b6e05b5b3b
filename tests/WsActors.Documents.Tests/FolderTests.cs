using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using WsActors.EndToEnd.Tests;

namespace WsActors.Documents.Tests;

/// <summary>
/// The arrows between the folders of <c>src/WsActors</c>. Each folder names only folders above it in the table, so there is no circle; and
/// only those that the table allows it. <c>docs/design/rings.md</c> draws them.
/// </summary>
public sealed class FolderTests
{
    /// <summary>The messages, values and options that users see, with their codecs and settings: the types of the root namespace.</summary>
    private const string Messages = nameof(Messages);

    /// <summary>The extension, and what wires everything together.</summary>
    private const string Entry = nameof(Entry);

    private static readonly (string Folder, string[] MayName)[] Table =
    [
        ("Runtime", []),
        ("Tracing", []),
        (Messages, ["Runtime", "Tracing"]),
        ("Dispatch", ["Runtime", Messages]),
        ("Clustering", [Messages]),
        ("Operations", ["Runtime", Messages, "Clustering"]),
        ("Topics", ["Runtime", "Tracing", Messages, "Clustering"]),
        ("Taps", ["Runtime", Messages]),
        ("Routing", ["Runtime", Messages]),
        ("Sessions.Subprotocol", ["Tracing", Messages]),
        ("Metrics", ["Runtime", "Tracing", Messages, "Dispatch", "Topics", "Sessions.Subprotocol"]),
        ("Handlers", ["Runtime", "Tracing", Messages, "Dispatch", "Topics", "Metrics"]),
        ("Transport", ["Runtime", Messages, "Dispatch"]),
        ("Connection", ["Runtime", "Tracing", Messages, "Dispatch", "Topics", "Taps", "Routing", "Metrics", "Handlers", "Transport"]),
        ("Manager", ["Runtime", "Tracing", Messages, "Dispatch", "Topics", "Taps", "Routing", "Metrics", "Transport", "Connection"]),
        ("Hosted", ["Runtime", "Tracing", Messages, "Routing", "Transport", "Connection"]),
        (
            "Client",
            [
                "Runtime", "Tracing", Messages, "Topics", "Sessions.Subprotocol", "Metrics", "Handlers", "Transport", "Connection",
            ]),
        (
            "Sessions",
            [
                "Runtime", "Tracing", Messages, "Dispatch", "Clustering", "Topics", "Routing", "Sessions.Subprotocol", "Metrics",
                "Handlers", "Transport", "Connection",
            ]),
    ];

    /// <summary>Types whose namespace is for their users, and whose place in the table is another.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["WsActors.WebSocketExtension"] = Entry,
        ["WsActors.WebSocketExtensions"] = Entry,
        ["WsActors.WebSocketExtensionProvider"] = Entry,
        ["WsActors.ShutdownTasks"] = Entry,
        ["WsActors.DeadLetterActor"] = Entry,
        ["WsActors.Clustering.ClusterNode"] = Entry,
        ["WsActors.Ws+Bind"] = "Routing",
        ["WsActors.WebSocketHandler"] = "Handlers",
        ["WsActors.JsonWebSocketHandler`1"] = "Handlers",
    };

    private static readonly ArchUnitNET.Domain.Architecture Core = new ArchLoader().LoadAssemblies(typeof(Ws).Assembly).Build();

    [Fact]
    public void A_folder_names_only_folders_above_it_in_the_table()
    {
        var above = new HashSet<string>();
        foreach (var (folder, mayName) in Table)
        {
            Assert.Empty(mayName.Except(above));
            above.Add(folder);
        }
    }

    [Fact]
    public void A_folder_names_no_folder_that_the_table_does_not_allow()
    {
        var allowed = Table.ToDictionary(static row => row.Folder, static row => row.MayName);
        var wrong = (
            from type in Core.Types
            let folder = FolderOf(type)
            where folder is not null && folder != Entry
            from target in type.Dependencies.Select(static dependency => dependency.Target)
            let named = FolderOf(target)
            where named is not null && named != folder && !allowed[folder].Contains(named)
            select $"{folder} names {named}: {type.FullName} uses {target.FullName}").Distinct().Order().ToList();

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void The_page_of_the_rings_shows_the_same_table()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "design", "rings.md"))
            .SkipWhile(static line => line != "## Folders of WsActors")
            .TakeWhile(static line => !line.StartsWith("```", StringComparison.Ordinal))
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(static line => line.Split('|'))
            .Select(static cells => (Folders(cells[1]).First(), string.Join(", ", Folders(cells[3]))));

        Assert.Equal(Table.Select(static row => (row.Folder, string.Join(", ", row.MayName))), rows);
    }

    private static IEnumerable<string> Folders(string cell) =>
        cell.Split('`').Where(static (_, i) => i % 2 == 1).Select(static folder => folder.TrimEnd('/').Replace('/', '.'));

    /// <summary>The folder of a type of ours; null for any other type.</summary>
    private static string? FolderOf(IType type)
    {
        var name = type.FullName;
        if (type.Assembly?.Name.Split(',')[0] != "WsActors" || !name.StartsWith("WsActors.", StringComparison.Ordinal))
        {
            return null;
        }

        foreach (var (prefix, folder) in Exceptions)
        {
            if (name == prefix || name.StartsWith(prefix + "+", StringComparison.Ordinal))
            {
                return folder;
            }
        }

        return type.Namespace.FullName switch
        {
            "WsActors" or "WsActors.Messages" or "WsActors.Serialization" or "WsActors.Settings" => Messages,
            "WsActors.Sessions.Subprotocol" => "Sessions.Subprotocol",
            var space => space.Split('.')[1],
        };
    }
}
