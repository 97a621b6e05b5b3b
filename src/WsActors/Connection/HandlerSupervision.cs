using Akka.Actor;
using WsActors.Manager;

namespace WsActors.Connection;

/// <summary>A handler that fails is restarted and the socket lives on, so many times in a window.</summary>
internal static class HandlerSupervision
{
    /// <param name="endpoint">Says how many times.</param>
    /// <param name="route">The handler's route, once it has failed.</param>
    /// <param name="givenUp">Called before a handler is stopped for good.</param>
    public static OneForOneStrategy For(Endpoint endpoint, Func<string?> route, Action givenUp)
    {
        // Most handlers never fail.
        RestartBudget? restarts = null;
        return new ParentStrategy(Decide, endpoint.Failures, () => Who(endpoint, route()));

        Directive Decide(Exception cause)
        {
            restarts ??= new RestartBudget(endpoint.Options.MaxHandlerRestarts, endpoint.Options.HandlerRestartWindow);
            if (cause is not ActorInitializationException && restarts.TrySpend(endpoint.Clock.Now))
            {
                return Directive.Restart;
            }

            givenUp();
            return Directive.Stop;
        }
    }

    /// <summary>Whose failure it is, for the log.</summary>
    public static string Who(Endpoint endpoint, string? route) => $"{endpoint.Name}: the handler of {route}";
}
