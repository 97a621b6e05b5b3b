using Akka.Actor;
using WsActors.Handlers;
using WsActors.Runtime;

namespace WsActors.Connection;

/// <summary>A handler that fails is restarted and the socket lives on, so many times in a window.</summary>
internal static class HandlerSupervision
{
    /// <param name="endpointContext">Says how many times.</param>
    /// <param name="route">The handler's route, once it has failed.</param>
    /// <param name="givenUp">Called before a handler is stopped for good.</param>
    public static OneForOneStrategy For(EndpointContext endpointContext, Func<string?> route, Action givenUp)
    {
        // Most handlers never fail.
        RestartBudget? restarts = null;
        return new ChildStoppedSupervisorStrategy(Decide, endpointContext.Failures, () => Who(endpointContext, route()));

        Directive Decide(Exception cause)
        {
            restarts ??= new RestartBudget(endpointContext.Options.Handler.MaxRestarts, endpointContext.Options.Handler.RestartWindow);
            if (cause is not ActorInitializationException && restarts.TrySpend(endpointContext.Clock.Now))
            {
                return Directive.Restart;
            }

            givenUp();
            return Directive.Stop;
        }
    }

    /// <summary>Whose failure it is, for the log.</summary>
    public static string Who(EndpointContext endpointContext, string? route) => $"{endpointContext.Name}: the handler of {route}";
}
