using Akka.Configuration;

namespace WsActors.Server;

/// <summary>The program's sources of HOCON.</summary>
internal static class ServerSettings
{
    /// <summary>The program's own settings, <c>hocon/server.conf</c>.</summary>
    public static Config FromProgram => ConfigurationFactory.FromResource("server.conf", typeof(ServerSettings).Assembly);

    /// <summary>The settings of a file; empty for null.</summary>
    /// <exception cref="ConfigurationException">The file cannot be read, or is not HOCON.</exception>
    public static Config FromFile(string? path)
    {
        try
        {
            return path is null ? Config.Empty : Parse(File.ReadAllText(path), $"--hocon {path}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"--hocon {path} is not usable: {e.Message}", e);
        }
    }

    /// <summary>The settings of the command line.</summary>
    /// <exception cref="ConfigurationException">A value is not HOCON.</exception>
    public static Config FromCommandLine(ServerOptions options)
    {
        var transport = options.Transport is { } name ? FromSetting(new Setting("ws-actors.transport", name)) : Config.Empty;
        return options.Settings.Aggregate(transport, static (config, setting) => FromSetting(setting).WithFallback(config));
    }

    /// <summary>Merges sources; the first one takes precedence.</summary>
    public static Config Merge(params IEnumerable<Config> sources) => sources
        .Where(static source => !source.IsEmpty)
        .Aggregate(Config.Empty, static (all, source) => all.IsEmpty ? source : all.WithFallback(source));

    // The shell has removed quotes, and HOCON reads // as a comment. So a value is one string, unless it starts as HOCON's lists, objects
    // or strings.
    private static Config FromSetting(Setting setting)
    {
        var value = setting.Value is ['[' or '{' or '"', ..] ? setting.Value : Quoted(setting.Value);
        return Parse($"{setting.Key} = {value}", $"--set {setting}");
    }

    private static string Quoted(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static Config Parse(string hocon, string origin)
    {
        try
        {
            return HoconSyntaxCheck.FirstError(hocon) is { } error
                ? throw new FormatException(error + ".")
                : ConfigurationFactory.ParseString(hocon);
        }
        catch (FormatException e)
        {
            throw new ConfigurationException($"{origin} is not usable: {e.Message}", e);
        }
    }
}
