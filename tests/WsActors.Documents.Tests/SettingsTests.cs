using Akka.Configuration.Hocon;
using WsActors.EndToEnd.Tests;

namespace WsActors.Documents.Tests;

/// <summary>The tables of <c>docs/settings.md</c> are those of the code, and name each key of the reference configuration once.</summary>
public sealed class SettingsTests
{
    /// <summary>Set to 1, the test writes the tables instead of comparing them.</summary>
    private const string Variable = "WRITE_SETTINGS";

    private static readonly string Page = Path.Combine(Repository.Root, "docs", "settings.md");

    [Fact]
    public void The_tables_of_the_page_are_those_of_the_code()
    {
        var document = File.ReadAllText(Page);
        var expected = SettingTables.Rewrite(document);
        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            File.WriteAllText(Page, expected);
            return;
        }

        Assert.True(
            expected == document,
            $"docs/settings.md is not up to date: run {Variable}=1 dotnet test tests/WsActors.Documents.Tests --filter SettingsTests.");
    }

    [Fact]
    public void Each_key_of_the_reference_configuration_is_in_the_tables_once() => Assert.Equal(
        KeysIn(WebSocketExtension.DefaultConfig.GetValue("ws-actors").GetObject(), "").Order(StringComparer.Ordinal),
        SettingTables.Rows.Select(static row => row.Key).Order(StringComparer.Ordinal));

    private static IEnumerable<string> KeysIn(HoconObject section, string path) => section.Items.SelectMany(item =>
        item.Value.IsObject() ? KeysIn(item.Value.GetObject(), $"{path}{item.Key}.") : [$"{path}{item.Key}"]);
}
