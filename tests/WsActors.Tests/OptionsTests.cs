using System.Collections;
using System.Reflection;
using Akka.Configuration;
using WsActors.Settings;

namespace WsActors.Tests;

/// <summary>Options in code: their defaults, their names, their reach.</summary>
public sealed class OptionsTests
{
    private static readonly string[] PartsOfCertificate = ["tls.key", "tls.password", "client.tls.key", "client.tls.password"];

    /// <summary>Options that HOCON does not have.</summary>
    private static readonly string[] InCodeOnly = ["Tls.ServerName", "Tls.Validate"];

    [Fact]
    public void New_options_have_the_defaults_of_the_reference_configuration_and_may_be_used()
    {
        Assert.Equal(Values(EndpointOptions.FromConfig(WebSocketExtension.DefaultConfig)), Values(new EndpointOptions()));
        Assert.Equal(Values(ClientOptions.FromConfig(WebSocketExtension.DefaultConfig)), Values(new ClientOptions()));
        Assert.Equal(Values(new EndpointOptions()), Values(new EndpointOptions().Checked()));
        Assert.Equal(Values(new ClientOptions()), Values(new ClientOptions().Checked()));
    }

    [Fact]
    public void New_options_of_a_section_have_the_defaults_too()
    {
        Assert.All(Sections(new EndpointOptions()), static section => Assert.Equal(section, Activator.CreateInstance(section.GetType())));
        Assert.All(Sections(new ClientOptions()), static section => Assert.Equal(section, Activator.CreateInstance(section.GetType())));
    }

    [Fact]
    public void A_new_section_changes_what_it_names_and_nothing_else()
    {
        var options = new EndpointOptions { SendQueue = new() { MaxBytes = 1000 } };

        Assert.Equal(new EndpointOptions().SendQueue with { MaxBytes = 1000 }, options.SendQueue);
        Assert.Equal(new EndpointOptions().CloseTimeout, options.CloseTimeout);
        var queue = options.Checked().SendQueue;
        Assert.Equal((1000, 500, 250), (queue.PauseReadingAboveBytes, queue.CongestedAboveBytes, queue.WritableBelowBytes));
    }

    [Fact]
    public void Each_option_has_the_name_of_its_key()
    {
        Assert.Equal(
            PropertiesFor(EndpointSettings.Table, "").Order(StringComparer.Ordinal),
            Values(new EndpointOptions()).Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            PropertiesFor(ClientSettings.Table, "client.").Concat(InCodeOnly).Order(StringComparer.Ordinal),
            Values(new ClientOptions()).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_setting_is_read_into_the_option_of_its_name()
    {
        var config = ConfigurationFactory.ParseString(OthersThanTheDefaults).WithFallback(WebSocketExtension.DefaultConfig);

        AssertAllDiffer(Values(new EndpointOptions()), Values(EndpointOptions.FromConfig(config)));
        AssertAllDiffer(Values(new ClientOptions()), Values(ClientOptions.FromConfig(config)));
    }

    /// <summary>Each setting of endpoints and clients with a value that is not its default.</summary>
    private const string OthersThanTheDefaults = """
        ws-actors {
          handshake { timeout = 1s, max-request-line = 1KiB, max-header-bytes = 1KiB, max-headers = 1 }
          message { max-size = 1KiB, max-fragments = 1 }
          compression { mode = shared, threshold = 1B, level = optimal, max-ratio = off }
          rate { max-messages = 1, max-bytes = 1B }
          send-queue { max-size = 1KiB, grace = 1s, pause-reading-above = 1B, congested-above = 2B, writable-below = 1B }
          keep-alive { ping-interval = off, pong-timeout = 1s, idle-timeout = 1s }
          progress { partial-frame-timeout = 1s, partial-message-timeout = off, write-timeout = 1s, min-bytes-per-second = 1B }
          close-timeout = 1s
          handler { max-restarts = 1, restart-window = 1s }
          guard { timeout = 1s, max-running = 1, max-waiting = 1 }
          auth.expiry-warning = off
          origin { check = off, allowed = ["https://a.example"], hosts = [a.example] }
          trusted-proxies = ["::1"]
          forwarded-headers = forwarded
          max-accepts-per-second = 1
          tls { certificate = a, others = [{ certificate = b }], min-version = 1.3 }
          tls { client-certificates = request, client-ca = c, reload-interval = off }
          unix-permissions = 660
          client {
            connect-timeout = 1s
            tls { ca = a, certificate = b, min-version = 1.3 }
            reconnect { enabled = on, min-backoff = 1s, max-backoff = 2s, reset-after = 1s }
            session { enabled = on, max-unacknowledged-size = 1B, max-unacknowledged-messages = 1 }
          }
        }
        """;

    private static void AssertAllDiffer(Dictionary<string, string> defaults, Dictionary<string, string> others) =>
        Assert.All(defaults.Keys.Except(InCodeOnly), name => Assert.NotEqual((name, defaults[name]), (name, others[name])));

    /// <summary>The rule of <c>docs/settings.md</c>: the key in Pascal case; of a size it ends in Bytes.</summary>
    private static IEnumerable<string> PropertiesFor(IEnumerable<SettingRow> rows, string prefix) =>
        from row in rows
        where !PartsOfCertificate.Contains(row.Key)
        let key = row.Key.StartsWith(prefix, StringComparison.Ordinal) ? row.Key[prefix.Length..] : row.Key
        let name = string.Join('.', key.Split('.').Select(static part => string.Concat(part.Split('-').Select(Capitalized))))
        select row.Kind != "size" || name.Contains("Bytes", StringComparison.Ordinal) ? name
            : (name.EndsWith("Size", StringComparison.Ordinal) ? name[..^"Size".Length] : name) + "Bytes";

    private static string Capitalized(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    private static IEnumerable<object> Sections(object options) =>
        Properties(options).Select(property => property.GetValue(options)).OfType<object>().Where(IsSection);

    private static bool IsSection(object value) => value.GetType().Name.EndsWith("Options", StringComparison.Ordinal);

    /// <summary>All options by their paths, as text.</summary>
    private static Dictionary<string, string> Values(object options) => Properties(options)
        .SelectMany(property => ValuesOf(property.Name, property.GetValue(options)))
        .ToDictionary();

    private static IEnumerable<KeyValuePair<string, string>> ValuesOf(string name, object? value) => value switch
    {
        { } section when IsSection(section) => Values(section).Select(one => KeyValuePair.Create($"{name}.{one.Key}", one.Value)),
        string text => [KeyValuePair.Create(name, text)],
        IEnumerable list => [KeyValuePair.Create(name, string.Join(", ", list.Cast<object>()))],
        _ => [KeyValuePair.Create(name, $"{value}")],
    };

    private static PropertyInfo[] Properties(object options) =>
        options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance);
}
