using Akka.Actor;
using WsActors.Manager;

namespace WsActors.Connection;

/// <summary>A handler that fails is restarted and the socket lives on, so many times in a window.</summary>
internal static class HandlerSupervision
{
    /// <param name="endpoint">Says how many times.</param>
    /// <param name="givenUp">Called before a handler is stopped for good.</param>
    public static OneForOneStrategy For(Endpoint endpoint, Action givenUp)
    {
        // Most handlers never fail.
        RestartBudget? restarts = null;
        return new ParentStrategy(cause =>
        {
            restarts ??= new RestartBudget(endpoint.Options.MaxHandlerRestarts, endpoint.Options.HandlerRestartWindow);
            if (cause is not ActorInitializationException && restarts.TrySpend(endpoint.Clock.Now))
            {
                return Directive.Restart;
            }

            givenUp();
            return Directive.Stop;
        });
    }
}
