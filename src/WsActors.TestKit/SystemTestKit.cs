using Akka.Actor;
using Akka.Actor.Internal;
using Akka.TestKit;

namespace WsActors.TestKit;

/// <summary>Akka's test kit on a system that exists, without a test framework.</summary>
internal sealed class SystemTestKit : TestKitBase, INoImplicitSender
{
    private SystemTestKit(ActorSystem system)
        : base(ExpectationAssertions.Instance, system)
    {
    }

    /// <summary>Creates one. Akka's constructor replaces the ambient state of the thread, which is the test's.</summary>
    public static SystemTestKit Of(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        if (!system.Settings.Config.HasPath("akka.test.default-timeout"))
        {
            throw new InvalidOperationException(
                "The system has no configuration for tests: add WebSocketTestKit.Config, in an ASP.NET Core app by "
                + "services.AddWebSocketTestKit().");
        }

        var (context, cell) = (SynchronizationContext.Current, InternalCurrentActorCellKeeper.Current);
        try
        {
            return new SystemTestKit(system);
        }
        finally
        {
            InternalCurrentActorCellKeeper.Current = cell;
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
