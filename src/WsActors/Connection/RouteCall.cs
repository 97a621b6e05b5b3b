using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Dispatch;
using WsActors.Protocol.Handshake;
using WsActors.Routing;

namespace WsActors.Connection;

/// <summary>
/// The state in which a connection awaits user code: a guard or a delegate of its route. The code runs in the route's bulkhead, where it
/// may block or throw. Part of its actor.
/// </summary>
/// <param name="connection">The actor.</param>
/// <param name="endpoint">The endpoint that accepted the connection.</param>
/// <param name="route">The route of the code.</param>
internal sealed class RouteCall(ConnectionActor connection, ServerEndpointContext endpoint, Route route)
{
    /// <summary>The result of the code, or its failure.</summary>
    internal sealed record Answered(object? Answer, Exception? Failure) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>The deadline of user code: the guard timeout, within the deadline of the whole handshake.</summary>
    public static TimeSpan DeadlineWithin(TimeSpan handshake, ConnectionActor connection, ServerEndpointContext endpoint) =>
        TimeSpan.FromTicks(Math.Min((connection.Now + endpoint.Options.Guard.Timeout).Ticks, handshake.Ticks));

    /// <summary>Calls the code and awaits its answer until a deadline.</summary>
    /// <param name="end">The deadline.</param>
    /// <param name="code">The guard or delegate.</param>
    /// <param name="then">Handles the answer.</param>
    /// <param name="refuse">Handles a refusal instead of an answer.</param>
    public void Ask<T>(TimeSpan end, Func<CancellationToken, Task<T>> code, Action<T> then, Action<Refusal> refuse)
        where T : class
    {
        if (endpoint.BulkheadFor(route).TryCall(code) is not { } call)
        {
            refuse(Refusals.Unavailable(endpoint, "The server decides on as many requests as it can; come back later."));
            return;
        }

        _ = call.Answer.PipeTo(
            connection.Ref,
            success: static answer => new Answered(answer, null),
            failure: static e => new Answered(null, e));
        connection.BecomeUntil(end, message => Asking(message, call, answer => then((T)answer), refuse));
    }

    private void Asking(object message, BulkheadCall call, Action<object> then, Action<Refusal> refuse)
    {
        switch (message)
        {
            case Answered { Answer: { } answer }: then(answer); break;
            case Answered { Failure: var failure }:
                Log(failure!);
                refuse(Refusals.Failed);
                break;
            case WakeUpTime.Tick when connection.IsPastDeadline:
                LogLate();
                call.Cancel();
                refuse(Refusals.Overloaded(endpoint));
                break;
            case Ws.Close:
                call.Cancel();
                refuse(Refusals.GoingAway(endpoint));
                break;
            case Tcp.ConnectionClosed or Terminated or ConnectionActor.Abort:
                call.Cancel();
                connection.HandleDefault(message);
                break;
            default: connection.HandleDefault(message); break;
        }
    }

    private void LogLate()
    {
        var bulkhead = endpoint.BulkheadFor(route);
        endpoint.Failures.Write(
            $"{endpoint.Name}: the guard or delegate of {route.Template.Text}",
            $"has not answered within ws-actors.guard.timeout, {endpoint.Options.Guard.Timeout}, and its client gets 503; "
            + $"{bulkhead.Running} of its calls have not ended, {bulkhead.Waiting} wait for one to end (ws-actors.guard.max-running)");
    }

    private void Log(Exception failure)
    {
        var (who, what, cause) = failure is RouteCodeException known
            ? (known.Subject, known.Predicate, known.InnerException)
            : ("a guard or delegate", null, failure);
        endpoint.Failures.Write($"{endpoint.Name}: {who} of {route.Template.Text}", what, cause);
    }
}
