using Akka.Configuration;
using Akka.Configuration.Hocon;
using WsActors.Settings;

namespace WsActors.Manager;

/// <summary>
/// The keys of <c>ws-actors</c>, as the reference configuration has them: a key that is not there is a mistake, and says so, because
/// HOCON by itself would pass over it in silence.
/// </summary>
internal static class ConfigKeyValidator
{
    /// <summary>Looks through everything that HOCON says about WebSockets.</summary>
    /// <exception cref="ConfigurationException">A key is not one of ours; the sentence names it and its neighbours.</exception>
    public static void Check(Config config)
    {
        if (config.GetValue(ConfigReader.Root) is { } given)
        {
            Check(given, ReferenceConfig.Value.GetValue(ConfigReader.Root), ConfigReader.Root);
        }
    }

    private static void Check(HoconValue given, HoconValue known, string path)
    {
        // HoconValue.IsArray is false for an empty list, and white space behind a list is part of its value.
        if (known.Values is [HoconArray]
            && !given.Values.All(static v => v.IsArray() || (v.IsString() && string.IsNullOrWhiteSpace(v.GetString()))))
        {
            throw Wrong(path, given, "it is a list, such as [\"one\", \"two\"]");
        }

        if (!known.IsObject())
        {
            if (given.IsObject())
            {
                throw Wrong(path, given, "it is one value, not a section");
            }

            return;
        }

        var keys = known.GetObject().Items;
        if (!given.IsObject())
        {
            throw Wrong(path, given, $"it is a section, with {string.Join(", ", keys.Keys)}");
        }

        foreach (var (key, value) in given.GetObject().Items)
        {
            if (!keys.TryGetValue(key, out var expected))
            {
                throw Wrong($"{path}.{key}", given: null, NoSuchKey(path, key, keys.Keys));
            }

            Check(value, expected, $"{path}.{key}");
        }
    }

    private static string NoSuchKey(string path, string key, IEnumerable<string> known) =>
        SettingKeys.CureFor(path, key) ?? $"there is no such setting; {path} has {string.Join(", ", known)}";

    /// <param name="path">The key.</param>
    /// <param name="given">Its value; null for one that nobody may see: that of an unknown key may be a misspelled secret's.</param>
    /// <param name="reason">What is wrong with it.</param>
    private static ConfigurationException Wrong(string path, HoconValue? given, string reason) =>
        new($"{path}{(given?.IsString() == true ? $" = {given.GetString()}" : "")} is not usable: {reason}.");
}
