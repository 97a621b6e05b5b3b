using System.Net;
using System.Net.WebSockets;
using System.Text;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace WsActors.Hosting.Tests;

/// <summary>A host with one actor system, as a user would have it, on ports that were free; and a client for it.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IHost _host;

    private TestHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public ActorSystem System => Services.GetRequiredService<ActorSystem>();

    public static async Task<TestHost> StartAsync(
        Action<AkkaConfigurationBuilder> akka, Action<IServiceCollection>? services = null, bool isDevelopment = false)
    {
        var host = Build(akka, services, isDevelopment);
        await host.StartAsync();
        return host;
    }

    /// <param name="akka">The actor system.</param>
    /// <param name="services">The services for handlers.</param>
    /// <param name="isDevelopment">Whether the host is in Development, where scopes are validated.</param>
    public static TestHost Build(
        Action<AkkaConfigurationBuilder> akka, Action<IServiceCollection>? services = null, bool isDevelopment = false)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings
        {
            EnvironmentName = isDevelopment ? Environments.Development : Environments.Production,
        });
        builder.ConfigureContainer(
            new DefaultServiceProviderFactory(
                new ServiceProviderOptions { ValidateScopes = isDevelopment, ValidateOnBuild = isDevelopment }));
        services?.Invoke(builder.Services);
        builder.Services.AddAkka("hosted", configuration =>
        {
            configuration.AddHocon(
                "akka { loglevel = OFF, stdout-loglevel = OFF }\nws-actors.drain { lead = off, spread = off }", HoconAddMode.Append);
            akka(configuration);
        });
        return new TestHost(builder.Build());
    }

    public Task StartAsync() => _host.StartAsync().WaitAsync(Patience);

    public Task StopAsync() => _host.StopAsync().WaitAsync(Patience);

    public Task<Ws.Health> HealthAsync() =>
        ActorRegistry.For(System).Get<WebSocketManagerKey>().Ask<Ws.Health>(Ws.GetHealth.Instance, Patience);

    /// <summary>The addresses of the host, with the chosen free ports.</summary>
    public IPEndPoint[] EndPoints => [.. System.WebSockets().BoundEndpoints.Select(static bound => (IPEndPoint)bound.LocalEndPoint)];

    public async Task<ClientWebSocket> ConnectAsync(string path, int endpoint = 0)
    {
        using var patience = new CancellationTokenSource(Patience);
        var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://{EndPoints[endpoint]}{path}"), patience.Token);
        return client;
    }

    public async Task<string> AskAsync(string path, string text, int endpoint = 0)
    {
        using var client = await ConnectAsync(path, endpoint);
        return await AskAsync(client, text);
    }

    public static async Task<string> AskAsync(ClientWebSocket client, string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        await client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
        var buffer = new byte[1024];
        var result = await client.ReceiveAsync(buffer, patience.Token);
        return result.MessageType == WebSocketMessageType.Text
            ? Encoding.UTF8.GetString(buffer, 0, result.Count)
            : $"closed with {(int?)result.CloseStatus}";
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
    }
}
