using WsActors.Settings;

namespace WsActors;

/// <summary>
/// The keys of <c>ws-actors</c> for packages that read settings from a place other than HOCON, such as a section of a host's configuration.
/// Static and immutable; any thread.
/// </summary>
public static class SettingKeys
{
    private static readonly (string Key, string Cure)[] Old =
    [
        ("sockets", "there is no such setting any more; handlers run on the thread pool, and for those that never wait set "
            + "WebSocketRouteOptions.Inline on their route"),
        ("handshake.guard-timeout", NowIs("guard.timeout")),
        ("handshake.max-guards", NowIs("guard.max-running")),
        ("handshake.max-waiting-guards", NowIs("guard.max-waiting")),
        ("progress.min-rate", NowIs("progress.min-bytes-per-second")),
        ("rate.max-accepts", NowIs("max-accepts-per-second")),
        ("unix", NowIs("unix-permissions")),
    ];

    /// <summary>
    /// Whether two spellings name the same key. <c>MaxSize</c>, <c>maxSize</c>, <c>max-size</c>, <c>max_size</c> and <c>MAXSIZE</c> do:
    /// files, environment variables and shells use different conventions.
    /// </summary>
    /// <param name="one">A key without its section.</param>
    /// <param name="other">Another one.</param>
    public static bool IsSame(string one, string other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return WithoutSeparators(one).Equals(WithoutSeparators(other), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The cure for a key of an earlier version: the name of the new key, or the replacement of the setting.</summary>
    /// <param name="section">The path of the section in HOCON: <c>ws-actors.rate</c>.</param>
    /// <param name="key">The unknown key in that section, in any spelling.</param>
    /// <returns>The end of a sentence, without a full stop; null if no earlier version had the key.</returns>
    public static string? CureFor(string section, string key)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(key);
        return Old.FirstOrDefault(old => IsSame($"{ConfigReader.Root}.{old.Key}", $"{section}.{key}")).Cure;
    }

    private static string NowIs(string key) => $"its name is {ConfigReader.Root}.{key} now";

    private static string WithoutSeparators(string key) =>
        key.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
}
