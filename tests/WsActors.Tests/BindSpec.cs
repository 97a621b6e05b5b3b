using System.Net;
using System.Net.Sockets;
using Akka.Event;
using Akka.IO;
using Akka.TestKit;
using WsActors.Protocol.Messages;
using WsActors.Routing;

namespace WsActors.Tests;

/// <summary>A failed bind is answered with one sentence: the key, the value, the cure. The manager continues.</summary>
public sealed class BindSpec : WebSocketSpec
{
    private static readonly Dictionary<string, Func<EndpointOptions, EndpointOptions>> OutOfRange = new()
    {
        ["handshake.timeout"] = static options => options with { Handshake = options.Handshake with { Timeout = TimeSpan.Zero } },
        ["guard.timeout"] = static options => options with { Guard = options.Guard with { Timeout = TimeSpan.FromSeconds(-1) } },
        ["guard.max-running"] = static options => options with { Guard = options.Guard with { MaxRunning = 0 } },
        ["guard.max-waiting"] = static options => options with { Guard = options.Guard with { MaxWaiting = -1 } },
        ["handshake.max-headers"] = static options => options with { Handshake = options.Handshake with { MaxHeaders = 0 } },
        ["send-queue.max-size"] = static options => options with
        {
            SendQueue = options.SendQueue with { MaxBytes = -1, PauseReadingAboveBytes = -2 },
        },
        ["send-queue.pause-reading-above"] = static options => options with
        {
            SendQueue = options.SendQueue with { PauseReadingAboveBytes = 0 },
        },
        ["send-queue.congested-above"] = static options => options with { SendQueue = options.SendQueue with { CongestedAboveBytes = 0 } },
        ["send-queue.writable-below"] = static options => options with { SendQueue = options.SendQueue with { WritableBelowBytes = -1 } },
        ["send-queue.grace"] = static options => options with { SendQueue = options.SendQueue with { Grace = TimeSpan.FromSeconds(-1) } },
        ["keep-alive.ping-interval"] = static options => options with
        {
            KeepAlive = options.KeepAlive with { PingInterval = TimeSpan.Zero },
        },
        ["keep-alive.pong-timeout"] = static options => options with { KeepAlive = options.KeepAlive with { PongTimeout = TimeSpan.Zero } },
        ["keep-alive.idle-timeout"] = static options => options with { KeepAlive = options.KeepAlive with { IdleTimeout = TimeSpan.Zero } },
        ["progress.partial-frame-timeout"] = static options => options with
        {
            Progress = options.Progress with { PartialFrameTimeout = TimeSpan.Zero },
        },
        ["progress.write-timeout"] = static options => options with { Progress = options.Progress with { WriteTimeout = TimeSpan.Zero } },
        ["progress.min-bytes-per-second"] = static options => options with { Progress = options.Progress with { MinBytesPerSecond = -1 } },
        ["close-timeout"] = static options => options with { CloseTimeout = TimeSpan.Zero },
        ["handler.max-restarts"] = static options => options with { Handler = options.Handler with { MaxRestarts = -1 } },
        ["tls.reload-interval"] = static options => options with { Tls = options.Tls with { ReloadInterval = TimeSpan.Zero } },
        ["handler.restart-window"] = static options => options with { Handler = options.Handler with { RestartWindow = TimeSpan.Zero } },
    };

    [Fact]
    public void Bound_names_the_chosen_free_port()
    {
        var listener = CreateTestProbe();
        Bind("ws://127.0.0.1:0", listener);

        var asked = listener.ExpectMsg<Tcp.Bind>();
        Assert.True(asked.PullMode);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 0), asked.LocalAddress);
        listener.Reply(new Tcp.Bound(new IPEndPoint(IPAddress.Loopback, 4711)));

        Assert.Equal(
            new Ws.Bound { Endpoint = "ws://127.0.0.1:0", LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 4711) },
            ExpectMsg<Ws.Bound>());
    }

    /// <summary>
    /// As Akka.IO's listener is of the sockets that come before it knows that it is bound: it holds them, and has no answer.
    /// </summary>
    [Fact]
    public void A_command_told_to_a_listener_before_its_bind_is_repeated_when_it_is_bound()
    {
        var (source, listening, another) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        Bind("ws://127.0.0.1:0", source);
        source.ExpectMsg<Tcp.Bind>();
        Sys.EventStream.Publish(new UnhandledMessage("a socket", source.Ref, listening.Ref));
        Sys.EventStream.Publish(new UnhandledMessage("something else", source.Ref, another.Ref));

        source.LastSender.Tell(new Tcp.Bound(new IPEndPoint(IPAddress.Loopback, 4711)), listening.Ref);
        ExpectMsg<Ws.Bound>();

        Assert.Equal("a socket", listening.ExpectMsg<string>());
        Assert.Equal(source.Ref, listening.LastSender);
        Sys.EventStream.Publish(new UnhandledMessage("too late", source.Ref, listening.Ref));
        listening.Send(Sys.WebSockets().Manager, Ws.GetHealth.Instance);
        listening.ExpectMsg<Ws.Health>();
        another.Send(Sys.WebSockets().Manager, Ws.GetHealth.Instance);
        another.ExpectMsg<Ws.Health>();
    }

    [Fact]
    public async Task A_cancelled_bind_is_unbound_when_it_is_bound()
    {
        var (source, listening) = (CreateTestProbe(), CreateTestProbe());
        using var cancellation = new CancellationTokenSource();
        var bind = new Ws.Bind("ws://127.0.0.1:0", RouteTable.Empty) { Source = source.Ref };
        var binding = Sys.WebSockets().BindAsync(bind, cancellation.Token);
        source.ExpectMsg<Tcp.Bind>();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => binding);
        source.LastSender.Tell(new Tcp.Bound(new IPEndPoint(IPAddress.Loopback, 4711)), listening.Ref);
        listening.ExpectMsg<Tcp.Unbind>();
    }

    [Fact]
    public void A_socket_accepted_before_its_endpoint_is_bound_is_served_after_the_bind()
    {
        var (source, socket) = (CreateTestProbe(), CreateTestProbe());
        Bind("ws://127.0.0.1:0", source);
        source.ExpectMsg<Tcp.Bind>();
        var manager = Sys.WebSockets().Manager;
        var local = new IPEndPoint(IPAddress.Loopback, 4711);
        manager.Tell(new Tcp.Connected(new IPEndPoint(IPAddress.Loopback, 4712), local), socket);
        manager.Tell(Ws.GetHealth.Instance, TestActor);
        ExpectMsg<Ws.Health>();

        source.LastSender.Tell(new Tcp.Bound(local), source);

        ExpectMsg<Ws.Bound>();
        socket.ExpectMsg<Tcp.Register>();
    }

    [Fact]
    public void TLS_on_a_transport_without_it_is_refused_with_the_keys_to_change()
    {
        Sys.WebSockets().Manager.Tell(new Ws.Bind("wss://0.0.0.0:8443", RouteTable.Empty), TestActor);
        var reason = ExpectMsg<Ws.BindFailed>().Reason;

        Assert.Contains("wss://0.0.0.0:8443", reason, StringComparison.Ordinal);
        Assert.Contains("akka-io", reason, StringComparison.Ordinal);
        Assert.Contains("ws-actors.transport = sockets", reason, StringComparison.Ordinal);
        Assert.Contains("ws-actors.trusted-proxies", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Unix_socket_on_a_transport_without_them_is_refused()
    {
        Sys.WebSockets().Manager.Tell(new Ws.Bind("ws+unix:///run/app.sock", RouteTable.Empty), TestActor);

        Assert.Contains("ws-actors.transport = sockets", ExpectMsg<Ws.BindFailed>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TLS_without_a_certificate_is_refused_with_its_key() =>
        Assert.Contains("ws-actors.tls.certificate is empty", ExpectFailure("wss://0.0.0.0:8443"), StringComparison.Ordinal);

    [Theory]
    [InlineData("ws+unix://run/app.sock")]
    [InlineData("ws+unix:///run/app.sock:/chat")]
    [InlineData(
        "ws+unix:///a/path/that/is/far/too/long/for/a/socket/to/have/as/everybody/knows/who/has/ever/tried/it/on/any/system/there/is.sock")]
    public void An_invalid_socket_path_is_refused_with_the_valid_form(string endpoint) =>
        Assert.StartsWith($"Cannot listen on {endpoint}: write ws+unix:///path.sock", ExpectFailure(endpoint), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:8080")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("ws://127.0.0.1")]
    [InlineData("ws://127.0.0.1:")]
    [InlineData("ws://127.0.0.1:65536")]
    [InlineData("ws://127.0.0.1:-1")]
    [InlineData("ws://127.0.0.1:80/chat")]
    [InlineData("ws://example.com:80")]
    [InlineData("ws://:80")]
    [InlineData("ws://[::1:80")]
    public void An_invalid_address_is_refused_with_the_valid_form(string endpoint)
    {
        var reason = ExpectFailure(endpoint);

        Assert.Contains($"Cannot listen on {endpoint}", reason, StringComparison.Ordinal);
        Assert.Contains("ws://host:port", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketError.AddressAlreadyInUse, "in use")]
    [InlineData(SocketError.AccessDenied, "rights")]
    [InlineData(SocketError.AddressNotAvailable, "does not have that address")]
    public void A_bind_failure_is_told_with_the_cure_and_the_next_bind_continues(SocketError error, string cure)
    {
        var listener = CreateTestProbe();
        Bind("ws://127.0.0.1:80", listener);
        Bind("ws://127.0.0.1:81", listener);

        var first = listener.ExpectMsg<Tcp.Bind>();
        listener.ExpectNoMsg(TimeSpan.Zero);
        Sys.WebSockets().Manager.Tell(new Tcp.CommandFailed(first).WithCause(new SocketException((int)error)), listener.Ref);

        var reason = ExpectMsg<Ws.BindFailed>().Reason;
        Assert.Contains("ws://127.0.0.1:80", reason, StringComparison.Ordinal);
        Assert.Contains(cure, reason, StringComparison.Ordinal);
        listener.ExpectMsg<Tcp.Bind>();
        listener.Reply(new Tcp.Bound(new IPEndPoint(IPAddress.Loopback, 81)));
        ExpectMsg<Ws.Bound>();
    }

    [Fact]
    public void A_trusted_proxy_that_is_not_an_address_is_refused_with_key_and_value() => ExpectFailure(
        options => options with { TrustedProxies = ["10.0.0.0/99"] }, "ws-actors.trusted-proxies", "10.0.0.0/99");

    [Theory]
    [InlineData("https://example.com/path")]
    [InlineData("example.com")]
    [InlineData("*")]
    [InlineData("https://*")]
    [InlineData("https://*.")]
    [InlineData("https://*example.com")]
    [InlineData("https://www.*.example.com")]
    [InlineData("https://*.*.example.com")]
    [InlineData("https://*.0.0.1")]
    [InlineData("https://*.[::1]")]
    [InlineData("https://*.example.com/")]
    [InlineData("https://")]
    [InlineData("file:///")]
    public void An_invalid_allowed_origin_is_refused_with_key_and_value(string origin) => ExpectFailure(
        options => options with { Origin = options.Origin with { Allowed = [origin] } }, "ws-actors.origin.allowed", origin);

    [Theory]
    [InlineData("https://bücher.example")]
    [InlineData("https://*.bücher.example")]
    public void An_allowed_origin_with_letters_beyond_ASCII_is_refused_with_the_form_that_browsers_send(string origin) => ExpectFailure(
        options => options with
        {
            Origin = options.Origin with { Allowed = [origin] },
        }, "ws-actors.origin.allowed", origin, "xn--bcher-kva.example");

    [Theory]
    [InlineData("bücher.example")]
    [InlineData("*.bücher.example")]
    public void A_host_with_letters_beyond_ASCII_is_refused_with_the_form_that_browsers_send(string host) => ExpectFailure(
        options => options with
        {
            Origin = options.Origin with { Hosts = [host] },
        }, "ws-actors.origin.hosts", host, "xn--bcher-kva.example");

    public static TheoryData<string> Keys => [.. OutOfRange.Keys];

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_limit_that_code_sets_out_of_range_is_refused_with_its_key(string key) =>
        ExpectFailure(OutOfRange[key], $"ws-actors.{key} = ");

    [Fact]
    public void Watermarks_without_a_gap_are_refused_with_both_keys() => ExpectFailure(
        static options => options with { SendQueue = options.SendQueue with { CongestedAboveBytes = 100, WritableBelowBytes = 100 } },
        "ws-actors.send-queue.writable-below = 100 ",
        "less than congested-above, which is 100");

    [Fact]
    public void An_infinite_duration_is_refused_with_its_key() =>
        ExpectFailure(
            static options => options with { KeepAlive = options.KeepAlive with { IdleTimeout = TimeSpan.MaxValue } },
            "ws-actors.keep-alive.idle-timeout",
            "1ms to 24d");

    [Fact]
    public void Options_whose_delegate_throws_are_refused_and_other_endpoints_stay()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();

        ExpectFailure(static options => options with
        {
            Message = new MessageOptions { MaxBytes = new MessageLimits { MaxMessageBytes = 0 }.MaxMessageBytes },
        }, "MaxMessageBytes");

        client.SendText("still here");
        Handler.ExpectText("still here");
    }

    private string ExpectFailure(string endpoint)
    {
        Bind(endpoint, CreateTestProbe());
        return ExpectMsg<Ws.BindFailed>().Reason;
    }

    private void ExpectFailure(Func<EndpointOptions, EndpointOptions> configure, params string[] parts)
    {
        var listener = CreateTestProbe();
        Bind("ws://127.0.0.1:9090", listener, configure);

        var reason = ExpectMsg<Ws.BindFailed>().Reason;
        Assert.All(parts, part => Assert.Contains(part, reason, StringComparison.Ordinal));
        listener.ExpectNoMsg(TimeSpan.Zero);
    }

    private void Bind(string endpoint, TestProbe listener, Func<EndpointOptions, EndpointOptions>? configure = null) =>
        Sys.WebSockets().Manager.Tell(
            new Ws.Bind(endpoint, RouteTable.Empty) { Source = listener.Ref, Configure = configure ?? (static options => options) },
            TestActor);
}
