using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using WsActors.Routing;

namespace WsActors.Hosting.Tests;

/// <summary>Each handler made by <c>Map&lt;THandler&gt;</c> has the services of its own scope, which ends with it.</summary>
public sealed class HandlerScopeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A drain with a deadline of zero, so that connections end with the actor system.</summary>
    private const string NoDrain = "akka.coordinated-shutdown.phases.before-service-unbind.timeout = 1s";

    /// <summary>Clients here do not read, so they answer no close frame.</summary>
    private const string QuickClose = "ws-actors.close-timeout = 1s";

    private readonly ConcurrentQueue<Resource> _made = [];

    public static TheoryData<ServiceLifetime, bool> Lifetimes => new()
    {
        { ServiceLifetime.Scoped, false },
        { ServiceLifetime.Scoped, true },
        { ServiceLifetime.Transient, false },
        { ServiceLifetime.Transient, true },
    };

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public async Task Each_connection_has_its_own_services_that_are_disposed_with_its_handler(ServiceLifetime lifetime, bool isDevelopment)
    {
        await using var host = await Start<AsyncResource>(lifetime, isDevelopment);
        using var first = await host.ConnectAsync("/scoped");
        using var second = await host.ConnectAsync("/scoped");

        var (ofFirst, ofSecond) = (await Which(first), await Which(second));
        Assert.NotEqual(ofFirst, ofSecond);
        await Close(first);

        await Made(ofFirst).Disposed.WaitAsync(Patience);
        Assert.Equal("stopped", Made(ofFirst).LastUse);
        Assert.False(Made(ofSecond).Disposed.IsCompleted);
        Assert.Equal(ofSecond, await Which(second));
    }

    [Fact]
    public async Task A_scoped_service_is_the_same_instance_within_a_handler()
    {
        await using var host = await Start<SyncResource>(ServiceLifetime.Scoped);

        Assert.Equal("True", await host.AskAsync("/scoped", "same"));
    }

    [Fact]
    public async Task A_restarted_handler_has_new_services_and_the_old_ones_are_disposed()
    {
        await using var host = await Start<SyncResource>(ServiceLifetime.Scoped);
        using var client = await host.ConnectAsync("/scoped");
        Assert.Equal("0", await TestHost.AskAsync(client, "which"));

        await client.SendAsync("fail"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

        await Made(0).Disposed.WaitAsync(Patience);
        Assert.Equal("1", await TestHost.AskAsync(client, "which"));
        Assert.False(Made(1).Disposed.IsCompleted);
    }

    [Fact]
    public async Task Services_of_a_handler_whose_constructor_throws_are_disposed()
    {
        await using var host = await Start<SyncResource>(ServiceLifetime.Transient);

        Assert.Equal("closed with 1011", await host.AskAsync("/stillborn", "hello"));

        await Made(0).Disposed.WaitAsync(Patience);
    }

    [Fact]
    public async Task Services_of_a_failing_connection_are_disposed()
    {
        await using var host = await Start<SyncResource>(ServiceLifetime.Scoped);
        using var client = await host.ConnectAsync("/scoped");
        Assert.Equal("0", await TestHost.AskAsync(client, "which"));

        host.System.ActorSelection("/system/websockets/*").Tell(Kill.Instance);

        await Made(0).Disposed.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_failing_disposal_affects_no_other_connection()
    {
        await using var host = await Start<StubbornResource>(ServiceLifetime.Scoped);

        Assert.Equal("0", await host.AskAsync("/scoped", "which"));
        await Made(0).Disposed.WaitAsync(Patience);

        Assert.Equal("1", await host.AskAsync("/scoped", "which"));
    }

    [Fact]
    public async Task A_failing_disposal_is_logged_on_one_line()
    {
        await using var host = await Start<StubbornResource>(ServiceLifetime.Scoped, "akka { loglevel = ERROR, loggers = [] }");
        using var log = Inbox.Create(host.System);
        host.System.EventStream.Subscribe(log.Receiver, typeof(Error));

        Assert.Equal("0", await host.AskAsync("/scoped", "which"));

        var error = (Error)await log.ReceiveAsync(Patience);
        Assert.StartsWith("The disposal of the services of a ScopedHandler failed", error.Message.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("told to fail\n", $"{error.Message} {error.Cause}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_session_services_outlive_its_sockets()
    {
        await using var host = await Start<SyncResource>(ServiceLifetime.Scoped);
        var address = new Uri($"ws://{host.EndPoints[0]}/session");
        string[] welcome;
        using (var first = await ConnectWithSession(address))
        {
            welcome = (await TestHost.AskAsync(first, "hello")).Split(' ');
            first.Abort();
        }

        using var second = await ConnectWithSession(address);
        Assert.Equal("true", (await TestHost.AskAsync(second, $"hello {welcome[1]} {welcome[2]} 0")).Split(' ')[3]);
        Assert.False(Made(0).Disposed.IsCompleted);
        Assert.Single(_made);

        await Close(second);
        await Made(0).Disposed.WaitAsync(Patience);
    }

    [Fact]
    public async Task The_stop_of_the_host_waits_for_the_disposal_of_services()
    {
        Assert.True(await StopWithOpenConnection<SlowResource>(seconds: 60));
    }

    [Fact]
    public async Task The_stop_of_the_host_waits_for_services_of_handlers_that_end_with_the_actor_system()
    {
        Assert.True(await StopWithBlockedHandler<SlowResource>(seconds: 60));
    }

    [Fact]
    public async Task An_endless_disposal_does_not_block_the_stop_of_the_host()
    {
        Assert.False(await StopWithOpenConnection<EndlessResource>(seconds: 1));
    }

    [Fact]
    public async Task An_endless_disposal_after_the_actor_system_ended_does_not_block_the_stop_of_the_host()
    {
        Assert.False(await StopWithBlockedHandler<EndlessResource>(seconds: 3));
    }

    [Fact]
    public async Task A_blocking_disposal_delays_no_handler()
    {
        await using var host = await Start<BlockingResource>(ServiceLifetime.Scoped);
        using var client = await host.ConnectAsync("/scoped");
        Assert.Equal("0", await TestHost.AskAsync(client, "which"));
        var first = (BlockingResource)Made(0);
        try
        {
            await client.SendAsync("fail"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

            Assert.Equal("1", await TestHost.AskAsync(client, "which"));
            Assert.False(first.Disposed.IsCompleted);
            ((BlockingResource)Made(1)).Release();
        }
        finally
        {
            first.Release();
        }

        await first.Disposed.WaitAsync(Patience);
    }

    /// <summary>Stops a host with a connection that the drain closes.</summary>
    /// <returns>Whether the services were disposed when the host had stopped.</returns>
    private async Task<bool> StopWithOpenConnection<TResource>(int seconds)
        where TResource : Resource, new()
    {
        await using var host = await Start<TResource>(ServiceLifetime.Scoped, PhaseTimeout("before-actor-system-terminate", seconds));
        using var client = await host.ConnectAsync("/scoped");
        Assert.Equal(0, await Which(client));

        await host.StopAsync();
        return Made(0).Disposed.IsCompleted;
    }

    /// <summary>Stops a host with a handler that ends with the actor system.</summary>
    /// <returns>Whether the services were disposed when the host had stopped.</returns>
    private async Task<bool> StopWithBlockedHandler<TResource>(int seconds)
        where TResource : Resource, new()
    {
        await using var host = await Start<TResource>(
            ServiceLifetime.Scoped, $"{NoDrain}\n{PhaseTimeout("actor-system-terminate", seconds)}");
        using var client = await host.ConnectAsync("/scoped");
        await BlockUntilTermination(host, client);

        await host.StopAsync();
        return Made(0).Disposed.IsCompleted;
    }

    private static string PhaseTimeout(string phase, int seconds) => $"akka.coordinated-shutdown.phases.{phase}.timeout = {seconds}s";

    /// <summary>Makes a connection's handler wait in its code until the actor system terminates: it outlives the drain.</summary>
    private async Task BlockUntilTermination(TestHost host, ClientWebSocket client)
    {
        Assert.Equal(0, await Which(client));
        await client.SendAsync("block"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        await Made(0).Blocked.WaitAsync(Patience);
        CoordinatedShutdown.Get(host.System).AddTask(CoordinatedShutdown.PhaseActorSystemTerminate, "unblock", () =>
        {
            Made(0).Unblock();
            return Task.FromResult(Akka.Done.Instance);
        });
    }

    private static async Task<int> Which(ClientWebSocket client) =>
        int.Parse(await TestHost.AskAsync(client, "which"), CultureInfo.InvariantCulture);

    private Resource Made(int number) => _made.ElementAt(number);

    private Task<TestHost> Start<TResource>(ServiceLifetime lifetime, bool isDevelopment)
        where TResource : Resource, new() => Start<TResource>(lifetime, "", isDevelopment);

    private Task<TestHost> Start<TResource>(ServiceLifetime lifetime, string hocon = "", bool isDevelopment = false)
        where TResource : Resource, new() => TestHost.StartAsync(
            akka => akka.AddHocon(hocon, HoconAddMode.Prepend).AddHocon(QuickClose, HoconAddMode.Prepend).WithWebSockets(ws => ws
                .Listen("ws://127.0.0.1:0")
                .Map<ScopedHandler>("/scoped")
                .Map<ScopedHandler>("/session", new WebSocketRouteOptions { Sessions = true })
                .Map<StillbornHandler>("/stillborn")),
            services =>
            {
                services.Add(new ServiceDescriptor(typeof(Resource), _ => Add(new TResource()), lifetime));
                services.AddTransient<Repository>();
            },
            isDevelopment);

    private TResource Add<TResource>(TResource resource)
        where TResource : Resource
    {
        lock (_made)
        {
            resource.Number = _made.Count;
            _made.Enqueue(resource);
        }

        return resource;
    }

    private static async Task<ClientWebSocket> ConnectWithSession(Uri address)
    {
        using var patience = new CancellationTokenSource(Patience);
        var client = new ClientWebSocket();
        client.Options.AddSubProtocol("wsactors.session.v1");
        await client.ConnectAsync(address, patience.Token);
        return client;
    }

    private static async Task Close(ClientWebSocket client)
    {
        using var patience = new CancellationTokenSource(Patience);
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", patience.Token);
    }

    internal abstract class Resource
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private readonly TaskCompletionSource _unblocked = new();

        public int Number { get; set; }

        public string LastUse { get; set; } = "";

        public Task Disposed => _disposed.Task;

        /// <summary>Is complete once the handler waits for <see cref="Unblock"/>.</summary>
        public Task Blocked => _blocked.Task;

        public void Block()
        {
            _blocked.SetResult();
            _unblocked.Task.Wait();
        }

        public void Unblock() => _unblocked.SetResult();

        protected void End() => _disposed.SetResult();
    }

    internal sealed class SyncResource : Resource, IDisposable
    {
        public void Dispose() => End();
    }

    internal sealed class AsyncResource : Resource, IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            End();
        }
    }

    internal sealed class StubbornResource : Resource, IDisposable
    {
        public void Dispose()
        {
            End();
            throw new InvalidOperationException("told to fail\nand to forge a line");
        }
    }

    internal sealed class SlowResource : Resource, IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Task.Delay(TimeSpan.FromSeconds(1.5));
            End();
        }
    }

    internal sealed class EndlessResource : Resource, IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(Disposed);
    }

    internal sealed class BlockingResource : Resource, IDisposable
    {
        private readonly TaskCompletionSource _released = new();

        public void Release() => _released.SetResult();

        public void Dispose()
        {
            _released.Task.Wait();
            End();
        }
    }

    /// <summary>Something else that uses the same service.</summary>
    internal sealed record Repository(Resource Resource);

    internal sealed class ScopedHandler : ReceiveActor
    {
        private readonly Resource _resource;

        public ScopedHandler(Resource resource, Repository repository)
        {
            _resource = resource;
            Receive<Ws.Received>(static message => message.Text == "fail", static _ => throw new InvalidOperationException("told to fail"));
            Receive<Ws.Received>(static message => message.Text == "block", _ => resource.Block());
            Receive<Ws.Received>(
                static message => message.Text == "same",
                _ => Sender.Tell(Ws.Send.Text($"{ReferenceEquals(resource, repository.Resource)}")));
            Receive<Ws.Received>(_ => Sender.Tell(Ws.Send.Text($"{resource.Number}")));
        }

        protected override void PostStop() => _resource.LastUse = "stopped";
    }

    internal sealed class StillbornHandler : UntypedActor
    {
        public StillbornHandler(Resource resource) => throw new InvalidOperationException($"told to fail, with {resource.Number}");

        protected override void OnReceive(object message)
        {
        }
    }
}
