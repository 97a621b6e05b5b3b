using System.Text;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Microsoft.Extensions.Configuration;

namespace WsActors.Hosting;

/// <summary>
/// Converts a section of the host's configuration to HOCON. Its keys are those of <c>ws-actors</c> in the reference configuration, in any
/// common spelling. An unknown key is an error.
/// </summary>
internal static class HostSettings
{
    private const string Root = "ws-actors";

    private static HoconObject Known => WebSocketExtension.DefaultConfig.GetValue(Root).GetObject();

    /// <summary>Converts a section.</summary>
    /// <exception cref="ConfigurationException">
    /// A key is unknown. The message names the key as the section has it, and the valid keys.
    /// </exception>
    public static Config FromSection(IConfiguration section)
    {
        var hocon = new StringBuilder();
        Write(section, Known, Root, hocon);
        return ConfigurationFactory.ParseString(hocon.ToString());
    }

    private static void Write(IConfiguration section, HoconObject known, string path, StringBuilder hocon)
    {
        var written = new HashSet<string>();
        foreach (var child in section.GetChildren())
        {
            var key = known.Items.Keys.FirstOrDefault(k => SettingKeys.IsSame(child.Key, k))
                ?? throw Wrong(child.Path, value: null, NoSuchKey(path, child.Key, known));
            if (!written.Add(key))
            {
                throw Wrong(child.Path, value: null, "the section has the same setting in another spelling; keep one of them");
            }

            WriteValue(child, known.Items[key], $"{path}.{key}", hocon);
        }
    }

    private static void WriteValue(IConfigurationSection setting, HoconValue known, string path, StringBuilder hocon)
    {
        var isEmpty = string.IsNullOrEmpty(setting.Value);
        if (known.IsObject())
        {
            var section = known.GetObject();
            Write(isEmpty ? setting : throw Wrong(setting.Path, setting.Value, IsSection(section)), section, path, hocon);
        }
        else if (IsList(known))
        {
            var values = isEmpty
                ? setting.GetChildren().Select(static c => c.Value ?? "")
                : setting.Value!.Split(',', StringSplitOptions.TrimEntries);
            hocon.Append(path).Append(" = [").AppendJoin(", ", values.Select(Quoted)).Append("]\n");
        }
        else if (setting.GetChildren().Any())
        {
            throw Wrong(setting.Path, null, "it is one value, not a section");
        }
        else if (setting.Value is { } value)
        {
            hocon.Append(path).Append(" = ").Append(Quoted(value)).Append('\n');
        }
    }

    // HoconValue.IsArray is false for an empty list.
    private static bool IsList(HoconValue known) => known.Values is [HoconArray];

    // .NET's configuration delivers JSON's true and false as "True" and "False".
    private static string Quoted(string value) => value switch
    {
        "True" => "on",
        "False" => "off",
        _ => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
    };

    private static string NoSuchKey(string path, string key, HoconObject known) =>
        SettingKeys.CureFor(path, key) ?? $"there is no such setting; {path} has {string.Join(", ", known.Items.Keys)}";

    private static string IsSection(HoconObject known) => $"it is a section, with {string.Join(", ", known.Items.Keys)}";

    /// <param name="path">The key, as the section has it.</param>
    /// <param name="value">The value; null to hide it: the value of an unknown key may be a secret under a misspelled key.</param>
    /// <param name="reason">The error.</param>
    private static ConfigurationException Wrong(string path, string? value, string reason) =>
        new($"{path}{(value is null ? "" : $" = {value}")} is not usable: {reason}.");
}
