using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace WsActors.AspNetCore.Tests;

/// <summary>The end of an app by a signal, as containers and terminals send it.</summary>
public sealed class SignalTests
{
    /// <summary>Shorter than the defaults, so that the test is.</summary>
    private const string ShortDrain = "ws-actors.drain { lead = 1s, spread = 3s, deadline = 6s }";

    /// <summary>Longer than a test waits, and with enough time for the shutdown phase that the drain has its own times.</summary>
    private const string LongDrain = """
        ws-actors.drain { lead = 1h, spread = 1h, deadline = 3h }
        akka.coordinated-shutdown.phases.before-service-unbind.timeout = 4h
        """;

    /// <summary>Some clients answer no close frame, and a request is in flight until all WebSockets have ended.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SIGTERM_closes_300_clients_with_1012_one_by_one_answers_the_request_in_flight_and_exits_with_0(bool isHttp2)
    {
        const int Answering = 270;
        const int Silent = 30;
        await using var app = await AppProcess.StartAsync(ShortDrain, isHttp2);
        var clients = await Task.WhenAll(
            Enumerable.Range(0, Answering + Silent).Select(_ => RawClient.OpenAsync(app.Address, isHttp2, "/echo")));
        using var http = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(30) });
        using var bid = new GatedContent("3");
        var post = PostAsync(http, new Uri(app.Address, "/bids"), isHttp2, bid);
        await bid.Asked.WaitAsync(App.Limit());

        var clock = Stopwatch.StartNew();
        app.Signal(PosixSignal.SIGTERM);
        var closed = await Task.WhenAll(clients.Select((client, i) => LeaveAsync(client, clock, answers: i < Answering)));
        bid.Open();
        Assert.Equal((HttpStatusCode.OK, "taken: 3"), await post);
        Assert.Equal(0, await app.ExitAsync());

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.All(closed, static one => Assert.Equal(1012, one.Code));
        var quarters = closed.Select(static one => (int)(one.At.TotalSeconds * 4)).Distinct().Count();
        Assert.True(quarters >= 6, $"All were closed in {quarters} quarters of a second.");
        Array.ForEach(clients, static client => client.Dispose());
    }

    /// <summary>A signal reaches Akka's own hook before the host, whose server accepts until it stops.</summary>
    [Fact]
    public async Task After_SIGTERM_upgrades_are_accepted_for_the_lead_while_readiness_fails()
    {
        await using var app = await AppProcess.StartAsync(LongDrain);
        using var early = await OpenAsync(app);

        app.Signal(PosixSignal.SIGTERM);
        using var http = new HttpClient();
        while ((await http.GetAsync(new Uri(app.Address, "/health"), App.Limit())).StatusCode == HttpStatusCode.OK)
        {
        }

        using var late = await OpenAsync(app);
    }

    [Fact]
    public async Task In_Development_Ctrl_C_closes_at_once_with_1001()
    {
        await using var app = await AppProcess.StartAsync(LongDrain, environment: Environments.Development);
        using var client = await OpenAsync(app);

        app.Signal(PosixSignal.SIGINT);
        Assert.Equal(1001, await client.ReadCloseAsync());
        await client.SendCloseAsync(1001);
        Assert.Equal(0, await app.ExitAsync());
    }

    /// <summary>Opens a WebSocket, and waits until its handler answers.</summary>
    private static async Task<RawClient> OpenAsync(AppProcess app)
    {
        var client = await RawClient.OpenAsync(app.Address, isHttp2: false, "/echo");
        await client.SayAsync("hello");
        Assert.Equal("hello", await client.HearAsync());
        return client;
    }

    /// <summary>Reads to the end of the connection; a client that does not answer is reset.</summary>
    private static async Task<(int? Code, TimeSpan At)> LeaveAsync(RawClient client, Stopwatch clock, bool answers)
    {
        var code = await client.ReadCloseAsync();
        var at = clock.Elapsed;
        if (answers)
        {
            await client.SendCloseAsync(1012);
            await client.AssertEndAsync();
        }
        else
        {
            await Record.ExceptionAsync(client.AssertEndAsync);
        }

        return (code, at);
    }

    private static async Task<(HttpStatusCode Status, string Body)> PostAsync(
        HttpClient http, Uri address, bool isHttp2, HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = content,
            Version = isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.ExpectContinue = true;
        using var answer = await http.SendAsync(request, App.Limit());
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
