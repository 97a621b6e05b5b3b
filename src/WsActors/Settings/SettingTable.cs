using System.Collections;
using Akka.Configuration;

namespace WsActors.Settings;

/// <summary>
/// The settings of one record of options, each once: key, kind and range of the value, getter and setter, meaning. The reader of HOCON,
/// the check of options that are set in code, and the table of <c>docs/settings.md</c> come from it. No reflection: it works trimmed and
/// compiled ahead. Filled by its initializer, then immutable.
/// </summary>
internal sealed class SettingTable<T> : IEnumerable<SettingRow>
    where T : class
{
    private readonly List<Entry> _entries = [];

    /// <summary>Adds a setting.</summary>
    public void Add<TValue>(string key, ValueKind<TValue> kind, Func<T, TValue> get, Func<T, TValue, T> set, string meaning) =>
        _entries.Add(new Entry(
            (config, options) => set(options, kind.Read(config, key)),
            options => kind.Check(get(options), key),
            [new SettingRow(key, kind.Name, kind.Range, meaning)]));

    /// <summary>Adds the settings of a record within this one.</summary>
    public void Add<TSection>(SettingTable<TSection> section, Func<T, TSection> get, Func<T, TSection, T> set)
        where TSection : class => _entries.Add(new Entry(
            (config, options) => set(options, section.Read(config, get(options))),
            options => section.Check(get(options)),
            section));

    /// <summary>Adds a key that the setting before it reads, too.</summary>
    public void Add(string key, string kind, string meaning) =>
        _entries.Add(new Entry(static (_, options) => options, static _ => { }, [new SettingRow(key, kind, "", meaning)]));

    /// <summary>The options with every setting as the section has it.</summary>
    /// <exception cref="ConfigurationException">A value is not usable; the sentence names key and value.</exception>
    public T Read(ConfigReader config, T options) => _entries.Aggregate(options, (read, entry) => entry.Read(config, read));

    /// <exception cref="ConfigurationException">A value is out of range; the sentence names key and value.</exception>
    public void Check(T options) => _entries.ForEach(entry => entry.Check(options));

    public IEnumerator<SettingRow> GetEnumerator() => _entries.SelectMany(static entry => entry.Rows).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed record Entry(Func<ConfigReader, T, T> Read, Action<T> Check, IEnumerable<SettingRow> Rows);
}
