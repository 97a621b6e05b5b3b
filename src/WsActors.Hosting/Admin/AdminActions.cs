using Akka.Actor;
using Microsoft.Extensions.Logging;
using WsActors.Runtime;

namespace WsActors.Hosting.Admin;

/// <summary>
/// Runs the actions of a page, and logs each with its result and who asked for it, also when the page has gone meanwhile. Any thread.
/// </summary>
/// <param name="manager">The manager of this node.</param>
/// <param name="log">The log.</param>
/// <param name="who">The name of the page in the log.</param>
internal sealed class AdminActions(IActorRef manager, ILogger log, string who)
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The longest drain whose result is told.</summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromMinutes(30);

    /// <summary>The name of the page in the log.</summary>
    public string Who => who;

    /// <summary>Closes connections, on all nodes.</summary>
    /// <param name="id">The action's.</param>
    /// <param name="what">The connections, for people.</param>
    /// <param name="kick">The operation.</param>
    public Task<AdminProtocol.Answer> KickAsync(int id, string what, Ws.KickInCluster kick) => RunAsync(
        id,
        $"close {what} with {kick.Close.Code} '{kick.Close.Reason}'",
        kick,
        AskTimeout,
        static answer => answer is Ws.KickedInCluster kicked
            ? ($"{Count(kicked.Count, "connection")} told to close.", AdminNames.NamesOf(kicked.Missing))
            : null);

    /// <summary>Drains a node.</summary>
    public Task<AdminProtocol.Answer> DrainAsync(int id, Address node) => RunAsync(
        id,
        $"drain {AdminNames.NameOf(node)}",
        new Ws.Drain { Node = node },
        DrainTimeout,
        static answer => answer is Ws.Drained drained
            ? ($"Drained: {Count(drained.Closed, "connection")} told to close, {drained.Aborted} reset at the deadline.", [])
            : null);

    /// <summary>Ends a session: it answers nothing.</summary>
    public AdminProtocol.Answer End(int id, string name, IActorRef session)
    {
        Log($"end session {name}", "told to end");
        session.Tell(new Ws.Close(1008), ActorRefs.NoSender);
        return new AdminProtocol.Done(id, "The session was told to end.", []);
    }

    /// <summary>Logs a step of an action.</summary>
    public void Log(string what, string result) => log.LogInformation(
        "Admin {Who}: {Action}: {Result}", LogSanitizer.Escaped(who), LogSanitizer.Escaped(what), LogSanitizer.Escaped(result));

    private async Task<AdminProtocol.Answer> RunAsync(
        int id, string what, object operation, TimeSpan timeout, Func<object, (string Text, IReadOnlyList<string> Missing)?> read)
    {
        Log(what, "asked");
        object answer;
        try
        {
            answer = await manager.Ask<object>(operation, timeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            answer = new Status.Failure(new TimeoutException($"No answer came within {timeout.TotalSeconds} s."));
        }

        if (read(answer) is var (text, missing))
        {
            Log(what, missing.Count == 0 ? text : $"{text} No answer from {string.Join(", ", missing)}.");
            return new AdminProtocol.Done(id, text, missing);
        }

        var reason = answer is Status.Failure { Cause: { } cause } ? cause.Message : "The manager gave another answer.";
        Log(what, $"failed: {reason}");
        return new AdminProtocol.Failed(id, reason);
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? " was" : "s were")}";
}
