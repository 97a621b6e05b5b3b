using System.Text;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Microsoft.Extensions.Configuration;

namespace WsActors.Hosting;

/// <summary>
/// A section of the host's configuration as HOCON. Its keys are those of <c>ws-actors</c> in the reference configuration, in any common spelling: a
/// key that is not there is a mistake, and says so.
/// </summary>
internal static class HostSettings
{
    private const string Root = "ws-actors";

    private static HoconObject Known => WebSocketExtension.DefaultConfig.GetValue(Root).GetObject();

    /// <summary>A section of the host's configuration as HOCON.</summary>
    /// <exception cref="ConfigurationException">A key is not one of ours; the sentence names it as the section has it, and its neighbours.</exception>
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
            var key = known.Items.Keys.FirstOrDefault(k => IsSpelling(child.Key, k))
                ?? throw Wrong(child.Path, value: null, NoSuchKey(path, child.Key, known));
            if (!written.Add(key))
            {
                throw Wrong(child.Path, value: null, "the section has the same setting in another spelling; leave one");
            }

            WriteValue(child, known.Items[key], $"{path}.{key}", hocon);
        }
    }

    private static void WriteValue(IConfigurationSection given, HoconValue known, string path, StringBuilder hocon)
    {
        var isEmpty = string.IsNullOrEmpty(given.Value);
        if (known.IsObject())
        {
            Write(isEmpty ? given : throw Wrong(given.Path, given.Value, IsSection(known.GetObject())), known.GetObject(), path, hocon);
        }
        else if (IsList(known))
        {
            var values = isEmpty ? given.GetChildren().Select(static c => c.Value ?? "") : given.Value!.Split(',', StringSplitOptions.TrimEntries);
            hocon.Append(path).Append(" = [").AppendJoin(", ", values.Select(Quoted)).Append("]\n");
        }
        else if (given.GetChildren().Any())
        {
            throw Wrong(given.Path, null, "it is one value, not a section");
        }
        else if (given.Value is { } value)
        {
            hocon.Append(path).Append(" = ").Append(Quoted(value)).Append('\n');
        }
    }

    // HoconValue.IsArray says no to an empty one.
    private static bool IsList(HoconValue known) => known.Values is [HoconArray];

    // MaxSize, maxSize, max-size, max_size and MAXSIZE are max-size: a file, the environment and a shell each have their own habit.
    private static bool IsSpelling(string given, string known) => Bare(given).Equals(Bare(known), StringComparison.OrdinalIgnoreCase);

    private static string Bare(string key) => key.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);

    // JSON's true and false come from .NET's configuration as words of C#.
    private static string Quoted(string value) => value switch
    {
        "True" => "on",
        "False" => "off",
        _ => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
    };

    private static string NoSuchKey(string path, string key, HoconObject known) => path == Root && IsSpelling(key, "sockets")
        ? "there is no such setting any more; handlers run on the thread pool, and for those that never wait set WebSocketRouteOptions.Inline on their route"
        : $"there is no such setting; {path} has {string.Join(", ", known.Items.Keys)}";

    private static string IsSection(HoconObject known) => $"it is a section, with {string.Join(", ", known.Items.Keys)}";

    /// <param name="path">The key, as the section has it.</param>
    /// <param name="value">Its value; null for one that nobody may see: that of an unknown key may be a misspelled secret's.</param>
    /// <param name="reason">What is wrong with it.</param>
    private static ConfigurationException Wrong(string path, string? value, string reason) =>
        new($"{path}{(value is null ? "" : $" = {value}")} is not usable: {reason}.");
}
