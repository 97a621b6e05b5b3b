using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace WsActors.Settings;

/// <summary>A section of HOCON, and the sentence for a value in it that is not usable.</summary>
/// <param name="section">The section.</param>
/// <param name="path">The path of the section, for error messages.</param>
internal sealed class ConfigReader(Config section, string path = ConfigReader.Root)
{
    /// <summary>The path of all settings.</summary>
    public const string Root = "ws-actors";

    public static ConfigReader FromConfig(Config config) => new(config.GetConfig(Root));

    public Config Section => section;

    /// <summary>The value as text; null where the key is missing, or holds a list or a section.</summary>
    public string? TextOf(string key) => section.GetString(key);

    /// <summary>The value as text; null where it is empty, too.</summary>
    public string? TextOrNull(string key) => TextOf(key) is { Length: > 0 } text ? text : null;

    /// <summary>A list of sections, each with some of these keys.</summary>
    public IReadOnlyList<ConfigReader> Sections(string key, params string[] known)
    {
        var expected = $"a list of sections, each with some of: {string.Join(", ", known)}";
        var sections = TextOf(key) is null ? ValuesOf(key, expected) : throw NotUsable(key, expected);
        return [.. sections.Select((one, i) => one.IsObject() && one.GetObject().Items.Keys.All(known.Contains)
            ? new ConfigReader(new Config(new HoconRoot(one)), $"{path}.{key}[{i}]")
            : throw NotUsable(key, expected))];
    }

    public ConfigurationException NotUsable(string key, string expected) =>
        new($"{path}.{key} = {Shown(key)} is not usable: it must be {expected}.");

    private IEnumerable<HoconValue> ValuesOf(string key, string expected)
    {
        try
        {
            return section.GetValue(key)?.GetArray() ?? [];
        }
        catch (Exception e) when (e is FormatException or ConfigurationException)
        {
            throw NotUsable(key, expected);
        }
    }

    private string Shown(string key) =>
        section.GetValue(key) is not { } value ? "(missing)" : value.IsString() ? value.GetString() : "(no word)";
}
