using Akka.Actor;
using WsActors.Handlers;
using WsActors.Runtime;

namespace WsActors.Connection;

/// <summary>
/// Supervision of handlers: a failed handler is restarted, up to a number of times in a window, and its socket stays open.
/// </summary>
internal static class HandlerSupervision
{
    /// <param name="endpointContext">Its options hold the restart limit.</param>
    /// <param name="route">Returns the handler's route for the log; called after a failure.</param>
    /// <param name="onFailed">
    /// Called at each failure with whether the handler is restarted. Otherwise it is stopped for good: it failed to start, or exceeded its
    /// restart limit.
    /// </param>
    public static OneForOneStrategy For(EndpointContext endpointContext, Func<string?> route, Action<bool> onFailed)
    {
        // Created on the first failure: most handlers never fail.
        RestartBudget? restarts = null;
        return new ChildStoppedSupervisorStrategy(Decide, endpointContext.Failures, () => NameOf(endpointContext, route()));

        Directive Decide(Exception cause)
        {
            restarts ??= new RestartBudget(endpointContext.Options.Handler.MaxRestarts, endpointContext.Options.Handler.RestartWindow);
            var isRestarted = cause is not ActorInitializationException && restarts.TrySpend(endpointContext.Clock.Now);
            onFailed(isRestarted);
            return isRestarted ? Directive.Restart : Directive.Stop;
        }
    }

    /// <summary>The name of the failed handler, for the log.</summary>
    public static string NameOf(EndpointContext endpointContext, string? route) => $"{endpointContext.Name}: the handler of {route}";
}
