using WsActors.Routing;

namespace WsActors.Tests;

/// <summary>A guard's reaction to its cancellation does not matter: the client gets its 503.</summary>
public sealed class CancelledGuardSpec : WebSocketSpec
{
    [Fact]
    public void A_guard_whose_cancellation_throws_is_answered_with_503()
    {
        var never = new TaskCompletionSource<GuardDecision>();
        Guard guard = (_, cancellation) =>
        {
            cancellation.Register(static () => throw new InvalidOperationException("a callback's own trouble"));
            TestActor.Tell("asked", TestActor);
            return never.Task;
        };

        ExpectUnavailable(guard);
    }

    [Fact]
    public void A_guard_that_blocks_when_it_is_cancelled_is_answered_with_503()
    {
        using var isOver = new ManualResetEventSlim();
        Guard guard = async (_, cancellation) =>
        {
            var never = new TaskCompletionSource();
            cancellation.Register(() => never.TrySetCanceled(CancellationToken.None));
            TestActor.Tell("asked", TestActor);
            try
            {
                await never.Task;
            }
            catch (OperationCanceledException)
            {
                isOver.Wait(TimeSpan.FromMinutes(1), CancellationToken.None);
            }

            return GuardDecision.Accept();
        };

        ExpectUnavailable(guard);
        isOver.Set();
    }

    private void ExpectUnavailable(Guard guard)
    {
        var kit = Serve(route: new WebSocketRouteOptions { Guard = guard });
        var client = kit.Dial();
        client.RequestUpgrade();
        ExpectMsg("asked");

        kit.Advance(Seconds(5));

        client.ExpectResponse(503);
    }
}
