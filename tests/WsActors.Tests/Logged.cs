using Akka.Event;
using Akka.TestKit;

namespace WsActors.Tests;

/// <summary>The log of a system during an action.</summary>
internal static class Logged
{
    /// <summary>
    /// Does something, and fails when that is logged. Unlike an event filter that expects none it waits for no time to pass.
    /// </summary>
    public static void ExpectNone<TEvent>(TestKitBase test, Action action)
        where TEvent : LogEvent
    {
        var log = test.CreateTestProbe();
        test.Sys.EventStream.Subscribe(log.Ref, typeof(TEvent));
        test.Sys.EventStream.Subscribe(log.Ref, typeof(End));
        action();
        test.Sys.EventStream.Publish(End.Instance);
        log.ExpectMsg<End>();
        test.Sys.EventStream.Unsubscribe(log.Ref);
    }

    /// <summary>Follows all earlier log messages.</summary>
    private sealed record End
    {
        private End()
        {
        }

        public static End Instance { get; } = new();
    }
}
