using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WsActors.Hosting;

namespace WsActors.Cluster.Tests;

/// <summary>A message that a WebSocket may bring always fits between nodes, or the node does not start.</summary>
public sealed class RemoteFrameSizeTests
{
    private const string Local =
        "akka { loglevel = OFF, stdout-loglevel = OFF, remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 } }\nws-actors.drain { lead "
            + "= off, spread = off }\n";

    [Theory]
    [InlineData("", 16 * 1024 * 1024)]
    [InlineData("ws-actors.message.max-size = 100MiB", (100 * 1024 * 1024) + RemoteFrameSize.EnvelopeBytes)]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size = 20MiB", 20 * 1024 * 1024)]
    public async Task The_remote_frame_is_larger_than_the_largest_message(string hocon, long expected)
    {
        using var host = Build(hocon);
        await host.StartAsync();

        var system = host.Services.GetRequiredService<ActorSystem>();
        Assert.Equal(expected, system.Settings.Config.GetByteSize(RemoteFrameSize.Key, null));
        await host.StopAsync();
    }

    [Fact]
    public async Task The_order_of_the_calls_does_not_matter()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddAkka("ws", static akka => akka
            .WithWebSocketCluster()
            .WithWebSockets(static ws => ws.Listen("ws://127.0.0.1:0"))
            .AddHocon(ConfigurationFactory.ParseString(Local + "ws-actors.message.max-size = 100MiB"), HoconAddMode.Prepend));
        using var host = builder.Build();
        await host.StartAsync();

        var system = host.Services.GetRequiredService<ActorSystem>();
        Assert.Equal((100 * 1024 * 1024) + RemoteFrameSize.EnvelopeBytes, system.Settings.Config.GetByteSize(RemoteFrameSize.Key, null));
        await host.StopAsync();
    }

    [Theory]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size = 1MiB", 1024 * 1024)]
    [InlineData("", 100 * 1024 * 1024)]
    public async Task A_host_with_a_remote_frame_too_small_for_its_messages_does_not_start(string hocon, int maxMessageBytes)
    {
        using var host = Build(hocon, ws => ws.Configure(options => options with
        {
            Message = options.Message with { MaxBytes = maxMessageBytes },
        }));

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());

        Assert.Contains($"ws-actors.message.max-size = {maxMessageBytes}", refused.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            $"set it to at least {maxMessageBytes + RemoteFrameSize.EnvelopeBytes}B", refused.ToString(), StringComparison.Ordinal);
        await host.StopAsync();
    }

    private static IHost Build(string hocon, Action<WebSocketsBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddAkka("ws", akka => akka
            .AddHocon(ConfigurationFactory.ParseString(Local + hocon), HoconAddMode.Prepend)
            .WithWebSockets(ws =>
            {
                ws.Listen("ws://127.0.0.1:0");
                configure?.Invoke(ws);
            })
            .WithWebSocketCluster());
        return builder.Build();
    }
}
