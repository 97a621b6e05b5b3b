using Akka.Configuration;
using WsActors.Settings;

namespace WsActors.Tests;

/// <summary>The settings of HOCON, and the message for an invalid one.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public void The_defaults_match_the_design()
    {
        var settings = Read("");
        var options = settings.Endpoint;

        Assert.Equal((10_000, null), (settings.MaxConnections, settings.MaxConnectionsPerAddress));
        Assert.Equal((10_000, 5_000), (settings.MaxHandshakes, settings.MaxHandshakesPerAddress));
        Assert.Equal(100, settings.ReservedDescriptors);
        Assert.Equal((Seconds(10), Seconds(5)), (options.Handshake.Timeout, options.Guard.Timeout));
        Assert.Equal((100, 1_000), (options.Guard.MaxRunning, options.Guard.MaxWaiting));
        Assert.Equal(
            (8 * 1024, 32 * 1024, 100),
            (options.Handshake.MaxRequestLineBytes, options.Handshake.MaxHeaderBytes, options.Handshake.MaxHeaders));
        Assert.Equal((1024 * 1024, 16_384), (options.Message.MaxBytes, options.Message.MaxFragments));
        Assert.Equal(
            (MessageCompression.Off, 1024, 100),
            (options.Compression.Mode, options.Compression.ThresholdBytes, options.Compression.MaxRatio));
        Assert.Equal((null, null, null), (options.MaxAcceptsPerSecond, options.Rate.MaxMessages, options.Rate.MaxBytes));
        Assert.Equal((1024 * 1024, Seconds(2)), (options.SendQueue.MaxBytes, options.SendQueue.Grace));
        Assert.Equal((512 * 1024, 128 * 1024), (options.SendQueue.CongestedAboveBytes, options.SendQueue.WritableBelowBytes));
        Assert.Equal(
            (Seconds(25), Seconds(20), null),
            (options.KeepAlive.PingInterval, options.KeepAlive.PongTimeout, options.KeepAlive.IdleTimeout));
        Assert.Equal(
            (Seconds(30), Seconds(30), 240),
            (options.Progress.PartialFrameTimeout, options.Progress.WriteTimeout, options.Progress.MinBytesPerSecond));
        Assert.Equal(Seconds(30), options.Progress.PartialMessageTimeout);
        Assert.Equal(Seconds(5), options.CloseTimeout);
        Assert.Equal(
            new DrainSettings { Lead = Seconds(5), Spread = Seconds(5), Deadline = Seconds(15), CloseCode = 1012 },
            settings.Drain);
        Assert.Equal(
            new TopicSettings { MaxNameBytes = 255, MaxPerConnection = 100, MaxPresenceBytes = 1024, MaxQueuedBytes = 64 * 1024 * 1024 },
            settings.Topics);
        Assert.Equal(
            new SessionSettings
            {
                MaxLogBytes = 1024 * 1024,
                MaxLogMessages = 1000,
                MaxLogAge = Seconds(120),
                MaxUserLogBytes = 4 * 1024 * 1024,
                MaxTotalLogBytes = 128 * 1024 * 1024,
                Max = 10_000,
                MaxAnonymous = 8_000,
                MaxPerAddress = 1_000,
                MaxRequestBytes = 4 * 1024,
                MaxPerUser = 20,
                Retention = Seconds(120),
                HelloTimeout = Seconds(10),
                AckTimeout = Seconds(15),
                WindowBytes = 256 * 1024,
                MaxPublishers = 64,
            },
            settings.Sessions);
        Assert.True(options.Origin.Check);
        Assert.Empty(options.Origin.Allowed);
        Assert.Empty(options.Origin.Hosts);
        Assert.Empty(options.TrustedProxies);
        Assert.Equal(ForwardedHeadersMode.Any, options.ForwardedHeaders);
        Assert.Null(options.Tls.Certificate);
        Assert.Empty(options.Tls.Others);
        Assert.Equal(
            (TlsVersion.Tls12, ClientCertificateMode.None, Seconds(10)),
            (options.Tls.MinVersion, options.Tls.ClientCertificates, options.Tls.ReloadInterval));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, options.UnixPermissions);
    }

    [Fact]
    public void The_defaults_of_a_client_match_the_documentation()
    {
        var options = ReadClient("");

        Assert.Equal((Seconds(5), false), (options.ConnectTimeout, options.Reconnect.Enabled));
        Assert.Equal(
            (TimeSpan.FromMilliseconds(500), Seconds(30), Seconds(10)),
            (options.Reconnect.MinBackoff, options.Reconnect.MaxBackoff, options.Reconnect.ResetAfter));
        Assert.Equal(
            (false, 1024 * 1024, 1000),
            (options.Session.Enabled, options.Session.MaxUnacknowledgedBytes, options.Session.MaxUnacknowledgedMessages));
        Assert.Equal(Read("").Endpoint.CloseTimeout, options.CloseTimeout);
        Assert.Equal(new ClientTlsOptions(), options.Tls);
    }

    [Theory]
    [InlineData("client.connect-timeout", "0s")]
    [InlineData("client.connect-timeout", "off")]
    [InlineData("client.reconnect.enabled", "perhaps")]
    [InlineData("client.tls.min-version", "2")]
    [InlineData("client.reconnect.min-backoff", "-1s")]
    [InlineData("client.reconnect.max-backoff", "30d")]
    [InlineData("client.reconnect.reset-after", "soon")]
    [InlineData("client.session.enabled", "sometimes")]
    [InlineData("client.session.max-unacknowledged-size", "0B")]
    [InlineData("client.session.max-unacknowledged-messages", "0")]
    public void An_unusable_client_setting_is_refused_with_key_and_value(string key, string value)
    {
        var refused = Assert.Throws<ConfigurationException>(() => ReadClient($"{key} = \"{value}\""));

        Assert.Contains($"ws-actors.{key} = {value}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_minimum_backoff_above_the_maximum_is_refused_with_both_keys()
    {
        var refused = Assert.Throws<ConfigurationException>(() => ReadClient("client.reconnect { min-backoff = 2s, max-backoff = 1s }"));

        Assert.Contains("ws-actors.client.reconnect.min-backoff", refused.Message, StringComparison.Ordinal);
        Assert.Contains("max-backoff", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(
            ReadClient(
                "client { connect-timeout = 1ms, reconnect { enabled = on, min-backoff = 1s, max-backoff = 1s, reset-after = 1ms } }"));
    }

    [Theory]
    [InlineData("any", ForwardedHeadersMode.Any)]
    [InlineData("x-forwarded", ForwardedHeadersMode.XForwarded)]
    [InlineData("forwarded", ForwardedHeadersMode.Forwarded)]
    public void The_kind_of_forwarding_headers_is_one_word(string word, ForwardedHeadersMode mode) =>
        Assert.Equal(mode, Read($"forwarded-headers = {word}").Endpoint.ForwardedHeaders);

    [Fact]
    public void Origins_without_a_host_and_wildcards_may_be_listed()
    {
        var options = Read("origin.allowed = [\"null\", \"file://\", \"https://*.example.com\"]").Endpoint;

        Assert.Equal(["null", "file://", "https://*.example.com"], options.Origin.Allowed);
    }

    [Theory]
    [InlineData("transport", "carrier-pigeon")]
    [InlineData("tick", "9ms")]
    [InlineData("tick", "6s")]
    [InlineData("tick", "infinite")]
    [InlineData("connections.max", "0")]
    [InlineData("connections.max", "many")]
    [InlineData("connections.max", "3000000000")]
    [InlineData("connections.max-per-address", "0")]
    [InlineData("connections.max-handshakes", "-1")]
    [InlineData("connections.max-handshakes-per-address", "0")]
    [InlineData("connections.reserved-descriptors", "-1")]
    [InlineData("connections.retry-after", "500ms")]
    [InlineData("handshake.timeout", "0s")]
    [InlineData("handshake.timeout", "off")]
    [InlineData("guard.max-running", "0")]
    [InlineData("guard.max-waiting", "-1")]
    [InlineData("handshake.max-request-line", "15B")]
    [InlineData("handshake.max-header-bytes", "3GiB")]
    [InlineData("handshake.max-headers", "1.5")]
    [InlineData("origin.check", "perhaps")]
    [InlineData("origin.allowed", "https://example.com")]
    [InlineData("origin.hosts", "example.com")]
    [InlineData("trusted-proxies", "10.0.0.1")]
    [InlineData("forwarded-headers", "both")]
    [InlineData("tls.min-version", "1.1")]
    [InlineData("tls.client-certificates", "perhaps")]
    [InlineData("tls.reload-interval", "0s")]
    [InlineData("tls.others", "cert.pem")]
    [InlineData("unix-permissions", "66")]
    [InlineData("unix-permissions", "689")]
    [InlineData("send-queue.pause-reading-above", "0B")]
    [InlineData("message.max-size", "0B")]
    [InlineData("message.max-size", "2048MiB")]
    [InlineData("message.max-size", "large")]
    [InlineData("message.max-fragments", "0")]
    [InlineData("compression.mode", "on")]
    [InlineData("compression.mode", "Shared")]
    [InlineData("compression.threshold", "-1B")]
    [InlineData("compression.level", "smallest")]
    [InlineData("compression.max-ratio", "0")]
    [InlineData("max-accepts-per-second", "0")]
    [InlineData("rate.max-messages", "0")]
    [InlineData("rate.max-messages", "on")]
    [InlineData("rate.max-bytes", "0B")]
    [InlineData("rate.max-bytes", "2048MiB")]
    [InlineData("send-queue.grace", "soon")]
    [InlineData("send-queue.congested-above", "0B")]
    [InlineData("send-queue.writable-below", "-1B")]
    [InlineData("keep-alive.pong-timeout", "off")]
    [InlineData("keep-alive.ping-interval", "-5s")]
    [InlineData("progress.partial-frame-timeout", "off")]
    [InlineData("progress.partial-message-timeout", "0s")]
    [InlineData("progress.min-bytes-per-second", "-1B")]
    [InlineData("close-timeout", "30d")]
    [InlineData("topics.max-name-size", "0B")]
    [InlineData("topics.max-per-connection", "0")]
    [InlineData("topics.max-presence-size", "-1B")]
    [InlineData("sessions.log.max-size", "0B")]
    [InlineData("sessions.log.max-messages", "0")]
    [InlineData("sessions.log.max-age", "off")]
    [InlineData("sessions.max-user-log-size", "0B")]
    [InlineData("sessions.max-total-log-size", "2048MiB")]
    [InlineData("sessions.max-per-user", "0")]
    [InlineData("sessions.max", "0")]
    [InlineData("sessions.max-anonymous", "off")]
    [InlineData("sessions.max-per-address", "0")]
    [InlineData("sessions.max-request-size", "255B")]
    [InlineData("sessions.retention", "off")]
    [InlineData("sessions.hello-timeout", "0s")]
    [InlineData("sessions.ack-timeout", "soon")]
    [InlineData("sessions.window", "0B")]
    [InlineData("sessions.max-publishers", "0")]
    [InlineData("sessions.role", "two words")]
    [InlineData("drain.lead", "-1s")]
    [InlineData("drain.spread", "soon")]
    [InlineData("drain.deadline", "off")]
    [InlineData("drain.deadline", "10s")]
    [InlineData("drain.close-code", "1000")]
    [InlineData("handler.max-restarts", "-1")]
    [InlineData("log.max-refusals-a-minute", "-1")]
    public void An_unusable_value_is_refused_with_key_and_value(string key, string value)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Read($"{key} = \"{value}\""));

        Assert.Contains($"ws-actors.{key} = {value}", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tick = 10ms")]
    [InlineData("tick = 5s")]
    [InlineData("connections.max = 1")]
    [InlineData("connections.max-per-address = 1")]
    [InlineData("connections.max-handshakes-per-address = 1")]
    [InlineData("connections.max-handshakes-per-address = off")]
    [InlineData("connections.retry-after = 1s")]
    [InlineData("guard { max-running = 1, max-waiting = 0 }")]
    [InlineData("handshake.max-request-line = 16B")]
    [InlineData("message.max-size = 1B")]
    [InlineData("message.max-size = 2047MiB")]
    [InlineData("message.max-fragments = 1")]
    [InlineData("compression { mode = dedicated, threshold = 0B, level = optimal, max-ratio = off }")]
    [InlineData("send-queue { congested-above = 1B, writable-below = 0B }")]
    [InlineData("max-accepts-per-second = 1, rate { max-messages = 1, max-bytes = 1B }")]
    [InlineData("keep-alive { ping-interval = off, idle-timeout = 10m }")]
    [InlineData("progress.min-bytes-per-second = 0B")]
    [InlineData("progress.partial-message-timeout = off")]
    [InlineData("drain { lead = off, spread = off, deadline = 1ms, close-code = 1001 }")]
    [InlineData("drain { lead = 7s, spread = 7s, deadline = 14001ms }")]
    [InlineData("topics { max-name-size = 1B, max-per-connection = 1, max-presence-size = 0B }")]
    [InlineData(
        "sessions { max-user-log-size = 1B, max-total-log-size = 2047MiB, max-per-user = 1, window = 1B, max-publishers = 1, role = "
            + "hosts }")]
    [InlineData("sessions { max = 1, max-anonymous = 1, max-per-address = off, max-request-size = 256B }")]
    [InlineData(
        "sessions { log.max-size = 1B, log.max-messages = 1, log.max-age = 1ms, retention = 1ms, hello-timeout = 1ms, ack-timeout = 1ms }")]
    [InlineData("handler.max-restarts = 0")]
    [InlineData("origin { check = off, allowed = [\"https://example.com\"] }")]
    [InlineData("log.max-refusals-a-minute = 0")]
    public void A_value_at_the_limit_of_its_range_is_accepted(string hocon) => Assert.NotNull(Read(hocon));

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static ManagerSettings Read(string hocon) => ManagerSettings.FromConfig(ConfigOf(hocon));

    private static ClientOptions ReadClient(string hocon) => ClientOptions.FromConfig(ConfigOf(hocon));

    private static Config ConfigOf(string hocon) =>
        ConfigurationFactory.ParseString($"ws-actors {{ {hocon} }}").WithFallback(WebSocketExtension.DefaultConfig);
}
