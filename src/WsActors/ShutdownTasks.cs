using Akka;
using Akka.Actor;
using Akka.Event;
using WsActors.Client;
using WsActors.Manager;
using WsActors.Messages;
using WsActors.Settings;

namespace WsActors;

/// <summary>The tasks of a system's <c>CoordinatedShutdown</c> that end its connections, sessions and clients.</summary>
internal static class ShutdownTasks
{
    public static void Add(CoordinatedShutdown shutdown, WebSocketExtension sockets, ManagerSettings settings, ILoggingAdapter log)
    {
        AddDrain(shutdown, sockets.Manager, settings, log);
        AddEndOfSessions(shutdown, sockets.Sessions);
        AddCloseOfClients(shutdown, sockets.Clients, settings.Tick);
    }

    // The first phase: connections close before anything they use stops, and before the node leaves its cluster. The timeout of a phase is
    // the user's, and cannot be changed once the system runs: a drain that does not fit is shortened, with a warning at the start.
    private static void AddDrain(CoordinatedShutdown shutdown, IActorRef manager, ManagerSettings settings, ILoggingAdapter log)
    {
        const string Phase = CoordinatedShutdown.PhaseBeforeServiceUnbind;
        var (time, needed) = (shutdown.Timeout(Phase), settings.Drain.TotalTime(settings.Tick));
        if (time < needed)
        {
            log.Warning(
                "A shutdown will shorten the drain: akka.coordinated-shutdown.phases.{Phase}.timeout is {Time}; give it {Wanted} for "
                + "ws-actors.drain.deadline, or shorten that.",
                Phase,
                time,
                needed);
        }

        shutdown.AddTask(Phase, "drain-websockets", () => AskUnlessStopped<Ws.Drained>(manager, new ManagerActor.DrainWithin(time), time));
    }

    // After their clients have been told to close. In a cluster they move to other nodes, in a later phase.
    private static void AddEndOfSessions(CoordinatedShutdown shutdown, IActorRef sessions)
    {
        const string Phase = CoordinatedShutdown.PhaseServiceRequestsDone;
        var time = shutdown.Timeout(Phase);
        shutdown.AddTask(Phase, "end-websocket-sessions", () => AskUnlessStopped<Done>(sessions, SessionMessages.EndAll.Instance, time));
    }

    // After server connections have closed: their handlers may need clients.
    private static void AddCloseOfClients(CoordinatedShutdown shutdown, IActorRef clients, TimeSpan tick)
    {
        const string Phase = CoordinatedShutdown.PhaseServiceRequestsDone;
        var time = shutdown.Timeout(Phase);
        var within = time - DrainSettings.AbortGrace - (2 * tick);
        shutdown.AddTask(Phase, "close-websocket-clients", () => AskUnlessStopped<Done>(clients, new ClientsActor.CloseAll(within), time));
    }

    // A stopped actor has nothing left to end, and does not answer: the shutdown does not wait for it.
    private static async Task<Done> AskUnlessStopped<TAnswer>(IActorRef actor, object message, TimeSpan time)
    {
        await (await Task.WhenAny(actor.Ask<TAnswer>(message, time), actor.WatchAsync()).ConfigureAwait(false)).ConfigureAwait(false);
        return Done.Instance;
    }
}
