using System.Diagnostics.CodeAnalysis;
using WsActors.Server.Telemetry;

namespace WsActors.Server;

/// <summary>The options of the command line.</summary>
internal sealed record ServerOptions
{
    /// <summary>The addresses to listen on.</summary>
    public required IReadOnlyList<string> Listen { get; init; }

    /// <summary>The name of the byte source; null uses the one of the settings.</summary>
    public string? Transport { get; init; }

    /// <summary>Settings that take precedence over all others.</summary>
    public IReadOnlyList<Setting> Settings { get; init; } = [];

    /// <summary>The file of settings; null for no file.</summary>
    public string? HoconFile { get; init; }

    /// <summary>Where Prometheus scrapes; null for nowhere.</summary>
    public MetricsAddress? Metrics { get; init; }

    /// <summary>Whether the sample routes are served.</summary>
    public bool HasSamples { get; init; } = true;

    /// <summary>The address of the admin page; null for none.</summary>
    public string? Admin { get; init; }

    /// <summary>The file with the admin page's token; null for the environment's, or none.</summary>
    public string? AdminTokenFile { get; init; }
}

/// <summary>A HOCON key and its value from the command line.</summary>
internal readonly record struct Setting(string Key, string Value)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out Setting setting)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        setting = equals < 0 ? default : new Setting(text[..equals].Trim(), text[(equals + 1)..].Trim());
        return equals > 0 && setting.Key.Split('.').All(static part => part.Length > 0 && part.All(IsKeyCharacter));
    }

    private static bool IsKeyCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    /// <summary>The setting as <c>key=value</c>.</summary>
    public override string ToString() => $"{Key}={Value}";
}
