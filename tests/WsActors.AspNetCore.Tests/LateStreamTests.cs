using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;

namespace WsActors.AspNetCore.Tests;

/// <summary>The time between the accepting response and the start of its stream, of which the client knows nothing.</summary>
public sealed class LateStreamTests
{
    private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _start = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_close_before_the_stream_has_started_reaches_the_client()
    {
        await using var app = await App.StartAsync(web =>
        {
            web.Use((context, next) =>
            {
                context.Features.Set<IHttpUpgradeFeature>(
                    new LateUpgrade(context.Features.GetRequiredFeature<IHttpUpgradeFeature>(), _accepted, _start.Task));
                return next(context);
            });
            web.MapWebSocketActor<Echo>("/echo");
        });
        using var client = await RawClient.OpenAsync(app, "/echo");
        await _accepted.Task.WaitAsync(App.Limit());

        var connection = ((ActorRefWithCell)app.Actors.WebSockets().Manager).Children.Single();
        connection.Tell(new Ws.Close(1012));
        _start.SetResult();

        Assert.Equal(1012, await client.ReadCloseAsync());
        await client.SendCloseAsync(1012);
        await client.AssertEndAsync();
        await app.EmptyAsync();
    }

    /// <summary>Returns the stream of an upgraded request later.</summary>
    private sealed class LateUpgrade(IHttpUpgradeFeature inner, TaskCompletionSource accepted, Task start) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync()
        {
            var stream = await inner.UpgradeAsync();
            accepted.SetResult();
            await start;
            return stream;
        }
    }
}
