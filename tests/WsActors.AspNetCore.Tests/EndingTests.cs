using System.Security.Cryptography;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using WsActors.Routing;

namespace WsActors.AspNetCore.Tests;

/// <summary>The ends of a WebSocket, over HTTP/1.1 and HTTP/2: nothing is left, and each handler is told once.</summary>
public sealed class EndingTests
{
    private const string Settings = """
        ws-actors {
          handler.max-restarts = 0
          message.max-size = 64KiB
        }
        """;

    private readonly Ledger _ledger = new();

    /// <summary>The kinds of ends, each with the code that the handler is told; 0 for a handler that stops before its connection.</summary>
    private static readonly (string Name, int Code)[] Kinds =
    [
        ("client close", 1000),
        ("server close", 4000),
        ("kick", 4001),
        ("kill", 0),
        ("stop", 0),
        ("crash", 0),
        ("reset", 1006),
        ("cancel", 1006),
        ("half-close", 1006),
        ("violation", 1002),
        ("too big", 1009),
    ];

    public static TheoryData<string, int, bool> Ends
    {
        get
        {
            var ends = new TheoryData<string, int, bool>();
            foreach (var (name, code) in Kinds)
            {
                ends.Add(name, code, false);
                ends.Add(name, code, true);
            }

            return ends;
        }
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task An_end_is_told_once_and_leaves_nothing(string kind, int code, bool isHttp2)
    {
        await using var app = await StartAsync(isHttp2);

        await EndAsync(app, kind);

        await AssertNothingLeftAsync(app, 1);
        Assert.Equal(code == 0 ? [] : [code], _ledger.Closed.Select(static closed => closed.Code));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Many_connections_that_end_in_every_way_leave_nothing(bool isHttp2)
    {
        const int Count = 1000;
        const int AtATime = 200;
        await using var app = await StartAsync(isHttp2);

        for (var done = 0; done < Count; done += AtATime)
        {
            await Task.WhenAll(Enumerable.Range(done, AtATime).Select(i => EndAsync(app, Kinds[i % Kinds.Length].Name)));
        }

        await AssertNothingLeftAsync(app, Count);
        var told = Enumerable.Range(0, Count).Select(static i => Kinds[i % Kinds.Length].Code).Where(static code => code != 0);
        Assert.Equal(told.Order(), _ledger.Closed.Select(static closed => closed.Code).Order());

        // No connection is left that the server would wait for.
        await app.Web.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>As Chromium closes.</summary>
    [Fact]
    public async Task A_close_frame_that_ends_its_stream_is_answered()
    {
        await using var app = await StartAsync(isHttp2: true);
        using var client = await RawClient.OpenAsync(app, "/echo");

        await client.SayAsync("hello");
        Assert.Equal("hello", await client.HearAsync());
        client.SendCloseWithEndOfStream(1000);
        Assert.Equal(1000, await client.ReadCloseAsync());
        await client.AssertEndAsync();

        await AssertNothingLeftAsync(app, 1);
        Assert.Equal(1000, Assert.Single(_ledger.Closed).Code);
    }

    /// <summary>RFC 9113 §6.8: streams that are open go on.</summary>
    [Fact]
    public async Task A_GOAWAY_of_the_client_lets_its_WebSocket_go_on()
    {
        await using var app = await StartAsync(isHttp2: true);
        using var client = await RawClient.OpenAsync(app, "/echo");

        client.SendGoAway();
        await client.SayAsync("still here");
        Assert.Equal("still here", await client.HearAsync());
        await client.SendCloseAsync(1000);
        Assert.Equal(1000, await client.ReadCloseAsync());
        await client.AssertEndAsync();

        await AssertNothingLeftAsync(app, 1);
    }

    /// <summary>Over HTTP/1.1 Kestrel ends such a connection.</summary>
    [Fact]
    public async Task Over_HTTP_2_a_half_closing_client_gets_its_answer_whole()
    {
        await using var app = await App.StartAsync(static web => web.MapWebSocketActor<Echo>("/echo"), isHttp2: true);
        using var client = await RawClient.OpenAsync(app, "/echo");
        var message = RandomNumberGenerator.GetBytes(300 * 1024);

        await client.SendAsync(2, message);
        client.HalfClose();

        Assert.Equal(message, (await client.ReadAsync())?.Payload);
        await client.AssertEndAsync();
        await app.EmptyAsync();
    }

    /// <summary>An end while bytes are unread would reset the connection, and destroy the close frame.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_goes_on_sending_after_a_violation_reads_the_close_frame(bool isHttp2)
    {
        await using var app = await StartAsync(isHttp2);
        using var client = await RawClient.OpenAsync(app, "/echo");

        await client.SendAsync(1, [1], isMasked: false);
        for (var i = 0; i < 100; i++)
        {
            await client.SendAsync(2, new byte[32 * 1024]);
        }

        Assert.Equal(1002, await client.ReadCloseAsync());
        await client.AssertEndAsync();
        await AssertNothingLeftAsync(app, 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_guard_that_waits_is_cancelled_when_its_client_goes(bool isHttp2)
    {
        var (asked, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var app = await StartAsync(isHttp2, new WebSocketRouteOptions
        {
            Guard = async (_, cancellation) =>
            {
                asked.SetResult();
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                }
                finally
                {
                    cancelled.SetResult();
                }

                return GuardDecision.Accept();
            },
        });

        var (client, response) = RawClient.Start(app, "/echo");
        await asked.Task.WaitAsync(App.Limit());
        client.Reset();

        await cancelled.Task.WaitAsync(App.Limit());
        await Assert.ThrowsAnyAsync<Exception>(() => response);
        client.Dispose();
        await AssertNothingLeftAsync(app, 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handshake_in_progress_gets_503_when_the_app_stops(bool isHttp2)
    {
        var asked = new TaskCompletionSource();
        await using var app = await StartAsync(isHttp2, new WebSocketRouteOptions
        {
            Guard = async (_, cancellation) =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
                return GuardDecision.Accept();
            },
        });

        var (client, response) = RawClient.Start(app, "/echo");
        await asked.Task.WaitAsync(App.Limit());
        var stop = app.Web.StopAsync();

        Assert.Equal(503, (int)(await response).StatusCode);
        await stop.WaitAsync(App.Limit());
        client.Dispose();
    }

    private Task<App> StartAsync(bool isHttp2, WebSocketRouteOptions? options = null) => App.StartAsync(
        web =>
        {
            web.Use(async (context, next) =>
            {
                _ledger.OnRequest(+1);
                try
                {
                    await next(context);
                }
                finally
                {
                    _ledger.OnRequest(-1);
                }
            });
            web.MapWebSocketActor<Recorder>("/echo", options);
        },
        isHttp2,
        services => services.AddSingleton(_ledger).AddScoped<Ledger.Scope>(),
        hocon: Settings);

    /// <summary>Opens a connection, uses it, and ends it.</summary>
    private static async Task EndAsync(App app, string kind)
    {
        using var client = await RawClient.OpenAsync(app, "/echo");
        await client.SayAsync("hello");
        Assert.Equal("hello", await client.HearAsync());
        switch (kind)
        {
            case "client close":
                await client.SendCloseAsync(1000);
                Assert.Equal(1000, await client.ReadCloseAsync());
                await client.AssertEndAsync();
                break;
            case "server close": await CloseByServerAsync(client, "close", 4000); break;
            case "kick": await CloseByServerAsync(client, "kick", 4001); break;
            case "kill": await CloseByServerAsync(client, "kill", 1011); break;
            case "stop": await CloseByServerAsync(client, "stop", 1000); break;
            case "crash": await CloseByServerAsync(client, "crash", 1011); break;
            case "reset": client.Reset(); break;
            case "cancel": client.Cancel(); break;
            case "half-close":
                client.HalfClose();
                await client.AssertEndAsync();
                break;
            case "violation":
                await client.SendAsync(1, [1], isMasked: false);
                Assert.Equal(1002, await client.ReadCloseAsync());
                await client.SendCloseAsync(1002);
                await client.AssertEndAsync();
                break;
            case "too big":
                await client.SendAsync(2, new byte[100_000]);
                Assert.Equal(1009, await client.ReadCloseAsync());
                await client.SendCloseAsync(1009);
                await client.AssertEndAsync();
                break;
        }
    }

    private static async Task CloseByServerAsync(RawClient client, string command, int code)
    {
        await client.SayAsync(command);
        Assert.Equal(code, await client.ReadCloseAsync());
        await client.SendCloseAsync(code);
        await client.AssertEndAsync();
    }

    private async Task AssertNothingLeftAsync(App app, int count)
    {
        await _ledger.EndedAsync(count);
        Assert.Equal(count, _ledger.Opened);
        Assert.False(_ledger.HasDisposedTwice);
        await app.EmptyAsync();
        Assert.Equal(0, app.Actors.WebSockets().RentedBuffers);
    }
}
