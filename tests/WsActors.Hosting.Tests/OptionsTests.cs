using System.Text;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;

namespace WsActors.Hosting.Tests;

public sealed class OptionsTests
{
    private const string Variable = "WsActors__CloseTimeout";

    [Fact]
    public async Task Code_wins_over_environment_over_appsettings_over_HOCON_over_the_default()
    {
        var none = Sources();
        Assert.Equal(5, await CloseSecondsOf(none));

        Assert.Equal(6, await CloseSecondsOf(none with { Hocon = "6s" }));

        Assert.Equal(7, await CloseSecondsOf(none with { Hocon = "6s", File = "7s" }));

        Assert.Equal(8, await CloseSecondsOf(none with { Hocon = "6s", File = "7s", Environment = "8s" }));

        Assert.Equal(9, await CloseSecondsOf(none with { Hocon = "6s", File = "7s", Environment = "8s", Code = 9 }));

        Assert.Equal(10, await CloseSecondsOf(none with { Hocon = "6s", File = "7s", Environment = "8s", Code = 9, Listen = 10 }));

        static Layers Sources() => new(null, null, null, null, null);
    }

    [Theory]
    [InlineData("WsActors:Message:MaxSize")]
    [InlineData("WsActors:message:max-size")]
    [InlineData("WsActors:message:max_size")]
    [InlineData("WSACTORS:MESSAGE:MAXSIZE")]
    public async Task A_key_may_have_the_spelling_of_files_or_of_the_environment(string key)
    {
        var options = await OptionsOf(new() { [key] = "64KiB" });

        Assert.Equal(64 * 1024, options.Message.MaxBytes);
    }

    [Fact]
    public async Task Lists_are_arrays_or_one_string_with_commas()
    {
        var options = await OptionsOf(new()
        {
            ["WsActors:Origin:Allowed:0"] = "https://a.example",
            ["WsActors:Origin:Allowed:1"] = "https://b.example:8443",
            ["WsActors:TrustedProxies"] = "10.0.0.0/8, ::1",
            ["WsActors:ForwardedHeaders"] = "x-forwarded",
        });

        Assert.Equal(["https://a.example", "https://b.example:8443"], options.Origin.Allowed);
        Assert.Equal(["10.0.0.0/8", "::1"], options.TrustedProxies);
        Assert.Equal(ForwardedHeadersMode.XForwarded, options.ForwardedHeaders);
    }

    [Fact]
    public async Task An_empty_array_empties_a_list()
    {
        var options = await OptionsOf(Json("""{ "WsActors": { "TrustedProxies": [] } }"""), """ws-actors.trusted-proxies = ["10.0.0.1"]""");

        Assert.Empty(options.TrustedProxies);
    }

    [Fact]
    public async Task Booleans_of_JSON_are_on_and_off()
    {
        var options = await OptionsOf(Json("""
            { "WsActors": { "Origin": { "Check": false }, "KeepAlive": { "PingInterval": "off" }, "Handler": { "MaxRestarts": 3 } } }
            """));

        Assert.False(options.Origin.Check);
        Assert.Null(options.KeepAlive.PingInterval);
        Assert.Equal(3, options.Handler.MaxRestarts);
    }

    [Theory]
    [InlineData(
        "WsActors:Sockets:Inline",
        "handlers",
        "WsActors:Sockets is not usable: there is no such setting any more; handlers run on the thread pool, and for those that never "
            + "wait set WebSocketRouteOptions.Inline on their route.")]
    [InlineData(
        "WsActors:Handshake:GuardTimeout",
        "5s",
        "WsActors:Handshake:GuardTimeout is not usable: its name is ws-actors.guard.timeout now.")]
    [InlineData(
        "WsActors:Message:MaxSise",
        "64KiB",
        "WsActors:Message:MaxSise is not usable: there is no such setting; ws-actors.message has max-size, max-fragments.")]
    [InlineData("WsActors:Message", "64KiB", "WsActors:Message = 64KiB is not usable: it is a section, with max-size, max-fragments.")]
    [InlineData("WsActors:CloseTimeout:Seconds", "5", "WsActors:CloseTimeout is not usable: it is one value, not a section.")]
    public async Task An_unknown_key_is_an_error_with_its_name(string key, string value, string sentence)
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => OptionsOf(new Dictionary<string, string?> { [key] = value }));

        Assert.Equal(sentence, error.Message);
    }

    [Fact]
    public async Task One_setting_in_two_spellings_is_an_error()
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => OptionsOf(new Dictionary<string, string?>
        {
            ["WsActors:CloseTimeout"] = "1s",
            ["WsActors:close-timeout"] = "2s",
        }));

        Assert.Contains("another spelling", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("=", error.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Json(string text) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(text))).Build();

    private static async Task<double> CloseSecondsOf(Layers layers)
    {
        Environment.SetEnvironmentVariable(Variable, layers.Environment);
        try
        {
            var file = layers.File is null ? "{}" : $$"""{ "WsActors": { "CloseTimeout": "{{layers.File}}" } }""";
            var configuration = new ConfigurationBuilder()
                .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(file)))
                .AddEnvironmentVariables()
                .Build();
            var options = await OptionsOf(
                configuration, layers.Hocon is null ? "" : $"ws-actors.close-timeout = {layers.Hocon}", layers.Code, layers.Listen);
            return options.CloseTimeout.TotalSeconds;
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    private static Task<EndpointOptions> OptionsOf(Dictionary<string, string?> settings) =>
        OptionsOf(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());

    /// <summary>The effective options of a host's endpoint.</summary>
    private static async Task<EndpointOptions> OptionsOf(
        IConfiguration configuration, string hocon = "", int? code = null, int? listen = null)
    {
        EndpointOptions? seen = null;
        await using var host = await TestHost.StartAsync(akka => akka
            .AddHocon(hocon, HoconAddMode.Prepend)
            .WithWebSockets(ws => ws
                .Listen("ws://127.0.0.1:0", options => seen = CloseWithin(listen)(options))
                .Configure(CloseWithin(code))
                .Configure(configuration.GetSection("WsActors"))));
        return seen!;
    }

    private static Func<EndpointOptions, EndpointOptions> CloseWithin(int? seconds) =>
        options => seconds is { } s ? options with { CloseTimeout = TimeSpan.FromSeconds(s) } : options;

    /// <summary>The value of one setting in each source, the weakest first.</summary>
    private sealed record Layers(string? Hocon, string? File, string? Environment, int? Code, int? Listen);
}
