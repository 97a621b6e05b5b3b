using Akka.Actor;
using WsActors.Sessions;

namespace WsActors.Tests.Sessions;

/// <summary>A session's actor as the test makes it, which plays the cluster.</summary>
internal static class Incarnation
{
    /// <summary>Creates the next one. Its name is free soon after watchers were told the stop of the previous one.</summary>
    public static IActorRef Next(Akka.TestKit.TestKitBase test, string session)
    {
        IActorRef next = ActorRefs.Nobody;
        test.AwaitAssert(() => next = test.Sys.ActorOf(SessionActor.PropsFor(test.Sys.WebSockets().SessionHost, session), session));
        return next;
    }
}
