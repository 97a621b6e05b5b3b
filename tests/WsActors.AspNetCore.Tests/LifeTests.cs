using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace WsActors.AspNetCore.Tests;

/// <summary>The stop of an app, and its health checks.</summary>
public sealed class LifeTests
{
    private const string DefaultDrain = "ws-actors.drain { lead = 5s, spread = 5s, deadline = 15s }";

    /// <summary>Shorter than the defaults, so that a busy machine ends well within the same bound.</summary>
    private const string ShortDrain = "ws-actors.drain { lead = 1s, spread = 3s, deadline = 6s }";

    /// <summary>With this lead a stop would take the host's whole shutdown timeout, 30 s.</summary>
    private const string LongLead = "ws-actors.drain { lead = 60s, spread = 5s, deadline = 90s }";

    private static readonly TimeSpan WithoutLead = TimeSpan.FromSeconds(25);

    /// <summary>Some clients answer no close frame, and one request is still running.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stop_closes_300_clients_with_1012_within_20_seconds(bool isHttp2)
    {
        const int Answering = 270;
        const int Silent = 30;
        var (posting, posted) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var app = await App.StartAsync(
            web =>
            {
                web.MapWebSocketActor<Echo>("/echo");
                web.MapPost("/bids", async () =>
                {
                    posting.SetResult();
                    await posted.Task;
                    return "taken";
                });
            },
            isHttp2,
            hocon: ShortDrain);
        var answering = await Task.WhenAll(Enumerable.Range(0, Answering).Select(_ => app.ConnectAsync("/echo")));
        var silent = await Task.WhenAll(Enumerable.Range(0, Silent).Select(_ => RawClient.OpenAsync(app, "/echo")));
        var heard = answering.Select(HearAndAnswerAsync).ToArray();
        var codes = silent.Select(static client => client.ReadCloseAsync()).ToArray();
        var post = PostAsync(app);
        await posting.Task.WaitAsync(App.Limit());

        var clock = Stopwatch.StartNew();
        var stop = app.Web.StopAsync();
        Assert.All(await Task.WhenAll(heard), static text => Assert.Equal("closed with 1012", text));
        Assert.All(await Task.WhenAll(codes), static code => Assert.Equal(1012, code));
        posted.SetResult();
        Assert.Equal("taken", await post);
        await stop;

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Array.ForEach(answering, static client => client.Dispose());
        Array.ForEach(silent, static client => client.Dispose());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task In_development_a_stop_closes_at_once_with_1001(bool isHttp2)
    {
        await using var app = await App.StartAsync(
            static web => web.MapWebSocketActor<Echo>("/echo"), isHttp2, hocon: LongLead, environment: Environments.Development);
        using var client = await app.ConnectAsync("/echo");
        Assert.Equal("hello", await client.AskAsync("hello"));

        var clock = Stopwatch.StartNew();
        var stop = app.Web.StopAsync();
        Assert.Equal("closed with 1001", await client.HearAsync());
        await client.CloseAsync();
        await stop;

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, WithoutLead);
    }

    /// <summary>A signal reaches Akka's own hook before the host: the actor system shuts down first.</summary>
    [Fact]
    public async Task In_development_a_shutdown_of_the_actor_system_closes_at_once_with_1001()
    {
        await using var app = await App.StartAsync(
            static web => web.MapWebSocketActor<Echo>("/echo"), hocon: LongLead, environment: Environments.Development);
        using var client = await app.ConnectAsync("/echo");

        var shutdown = CoordinatedShutdown.Get(app.Actors).Run(CoordinatedShutdown.ClrExitReason.Instance);
        Assert.Equal("closed with 1001", await client.HearAsync());
        await client.CloseAsync();
        await shutdown;
    }

    [Fact]
    public async Task A_stop_without_open_connections_takes_no_lead()
    {
        await using var app = await App.StartAsync(static web => web.MapWebSocketActor<Echo>("/echo"), hocon: LongLead);
        using (var client = await app.ConnectAsync("/echo"))
        {
            await client.CloseAsync();
        }

        await app.EmptyAsync();
        var clock = Stopwatch.StartNew();
        await app.Web.StopAsync();

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, WithoutLead);
    }

    /// <summary>A stopping Kestrel refuses new connections, so a lead would be of no use.</summary>
    [Fact]
    public async Task A_stop_of_the_host_takes_no_lead()
    {
        await using var app = await App.StartAsync(
            static web => web.MapWebSocketActor<Echo>("/echo"), hocon: "ws-actors.drain { lead = 60s, spread = off, deadline = 90s }");
        using var client = await app.ConnectAsync("/echo");
        Assert.Equal("hello", await client.AskAsync("hello"));

        var clock = Stopwatch.StartNew();
        var stop = app.Web.StopAsync();
        Assert.Equal("closed with 1012", await client.HearAsync());
        await client.CloseAsync();
        await stop;

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, WithoutLead);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(30, false)]
    public async Task A_shutdown_timeout_that_is_too_short_is_warned_of(int seconds, bool isWarned)
    {
        var logs = new LogList();
        await using var app = await App.StartAsync(
            static web => web.MapWebSocketActor<Echo>("/echo"),
            services: services => services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(seconds)),
            logs: logs,
            hocon: DefaultDrain);
        Assert.Equal(426, await PlainAsync(app, "/echo"));

        var warnings = logs.Warnings.Where(static line => line.Contains("HostOptions.ShutdownTimeout", StringComparison.Ordinal));
        Assert.Equal(isWarned ? 1 : 0, warnings.Count());
    }

    [Fact]
    public async Task Health_checks_know_the_mapped_routes_and_the_drain()
    {
        await using var app = await App.StartAsync(
            static web =>
            {
                web.MapHealthChecks("/live", new HealthCheckOptions { Predicate = static check => check.Tags.Contains("live") });
                web.MapHealthChecks("/ready", new HealthCheckOptions { Predicate = static check => check.Tags.Contains("ready") });
                web.MapWebSocketActor<Echo>("/echo");
            },
            services: static services => services.AddHealthChecks());
        Assert.Equal(426, await PlainAsync(app, "/echo"));

        Assert.Equal((200, 200), (await PlainAsync(app, "/live"), await PlainAsync(app, "/ready")));
        await app.Actors.WebSockets().Manager.Ask<Ws.Drained>(new Ws.Drain(), App.Limit());
        Assert.Equal((200, 503), (await PlainAsync(app, "/live"), await PlainAsync(app, "/ready")));
    }

    private static async Task<string> HearAndAnswerAsync(ClientWebSocket client)
    {
        var heard = await client.HearAsync();
        await client.CloseAsync();
        return heard;
    }

    private static async Task<int> PlainAsync(App app, string path)
    {
        using var answer = await app.Http.GetAsync(new Uri(app.Address, path), App.Limit());
        return (int)answer.StatusCode;
    }

    private static async Task<string> PostAsync(App app)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Address, "/bids"))
        {
            Version = app.IsHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var answer = await app.Http.SendAsync(request, App.Limit());
        return await answer.Content.ReadAsStringAsync();
    }
}
