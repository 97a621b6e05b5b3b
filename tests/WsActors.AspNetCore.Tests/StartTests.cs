using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsActors.Hosting;

namespace WsActors.AspNetCore.Tests;

/// <summary>A wrong use fails at the start or is answered 500, with one clear line in the log.</summary>
public sealed class StartTests : IDisposable
{
    private readonly LogList _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task Without_an_actor_system_the_log_names_AddAkka()
    {
        await using var web = Build(akka: null);
        web.MapWebSocketActor<Echo>("/echo");
        await AssertFailsAsync(web, "AddAkka");
    }

    [Fact]
    public async Task Without_WithWebSockets_the_log_names_it()
    {
        await using var web = Build(static _ => { });
        web.MapWebSocketActor<Echo>("/echo");
        await AssertFailsAsync(web, "WithWebSockets");
    }

    [Fact]
    public async Task A_template_that_is_mapped_twice_is_named()
    {
        await using var web = Build(static akka => akka.WithWebSockets());
        web.MapWebSocketActor<Echo>("/echo");
        web.MapWebSocketActor<Echo>("/echo");
        await AssertFailsAsync(web, "'/echo' is served already");
    }

    [Fact]
    public async Task A_service_that_is_missing_is_named()
    {
        await using var web = Build(static akka => akka.WithWebSockets());
        web.MapWebSocketActor<Needy>("/echo");
        await AssertFailsAsync(web, nameof(IFormatProvider));
    }

    [Fact]
    public async Task A_shared_actor_that_is_missing_is_named()
    {
        await using var web = Build(static akka => akka.WithWebSockets());
        web.MapSharedWebSocketActor<Echo>("/echo");
        await AssertFailsAsync(web, "registered as Echo");
    }

    [Fact]
    public async Task An_option_that_is_not_usable_is_named()
    {
        await using var web = Build(static akka => akka.WithWebSockets(static sockets => sockets
            .Configure(static options => options with { CloseTimeout = TimeSpan.FromSeconds(-1) })));
        web.MapWebSocketActor<Echo>("/echo");
        await AssertFailsAsync(web, "close-timeout");
    }

    [Fact]
    public async Task The_in_memory_server_is_refused_with_the_cure()
    {
        await using var web = Build(static akka => akka.WithWebSockets(), isInMemory: true);
        web.MapWebSocketActor<Echo>("/echo");
        await web.StartAsync();

        var client = web.GetTestServer().CreateWebSocketClient();
        var failure = await Assert.ThrowsAnyAsync<Exception>(
            () => client.ConnectAsync(new Uri("http://localhost/echo"), App.Limit()));

        Assert.Contains("CreateWebSocketTestKit()", failure.ToString(), StringComparison.Ordinal);
        Assert.Contains("UseKestrel()", failure.ToString(), StringComparison.Ordinal);
        using var plain = await web.GetTestClient().GetAsync(new Uri("http://localhost/echo"));
        Assert.Equal(426, (int)plain.StatusCode);
        await web.StopAsync();
    }

    private WebApplication Build(Action<AkkaConfigurationBuilder>? akka, bool isInMemory = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(_logs);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (isInMemory)
        {
            builder.WebHost.UseTestServer();
        }

        if (akka is not null)
        {
            builder.Services.AddAkka("app", akka);
        }

        return builder.Build();
    }

    private async Task AssertFailsAsync(WebApplication web, string text)
    {
        try
        {
            await web.StartAsync();
        }
        catch (Exception e)
        {
            Assert.Contains(text, e.Message, StringComparison.Ordinal);
            return;
        }

        var app = App.Of(web);
        for (var i = 0; i < 2; i++)
        {
            using var answer = await app.UpgradeAsync("/echo");
            Assert.Equal(500, (int)answer.StatusCode);
        }

        await web.StopAsync();
        Assert.Contains(text, Assert.Single(_logs.Warnings), StringComparison.Ordinal);
    }

    public sealed class Needy(IFormatProvider missing) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(missing);
    }
}
