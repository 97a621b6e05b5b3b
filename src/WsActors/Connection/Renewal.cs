using Akka.Actor;

namespace WsActors.Connection;

/// <summary>The rules of <see cref="Ws.Renew"/> and its answers, the same for connections and sessions.</summary>
internal static class Renewal
{
    /// <summary>The refusal of a connection that cannot be renewed any more.</summary>
    public const string NotOpen = "The connection is not open, or is closing.";

    /// <summary>The refusal of a session or connection that has ended.</summary>
    public const string Ended = "The connection or session has ended.";

    /// <summary>The refusal of a client.</summary>
    public const string OfClient = "The connection of a client does not expire; its server decides.";

    /// <summary>
    /// Another user is refused: statistics, topics and presence know the connection by its user, and its handler holds that user's state.
    /// </summary>
    /// <param name="renew">The command.</param>
    /// <param name="user">The user of the connection; null without one.</param>
    /// <param name="now">The date.</param>
    /// <returns>The reason to refuse it, as a sentence; null when it is valid.</returns>
    public static string? RefusalFor(Ws.Renew renew, string? user, DateTimeOffset now) =>
        UserIdentity.From(renew.Principal) != user
            ? "The principal is of another user than the connection; close it, and let the client connect as that user."
            : renew.Until <= now
                ? "The new expiry is not in the future; close the connection to end it now."
                : null;

    public static void TellFailed(IActorRef asker, IActorRef connection, string reason) =>
        asker.Tell(new Ws.RenewFailed { Connection = connection, Reason = reason }, connection);

    public static void TellRenewed(IActorRef asker, IActorRef handler, IActorRef connection, Ws.Renew renew)
    {
        var renewed = new Ws.Renewed { Connection = connection, Principal = renew.Principal, ExpiresAt = renew.Until };
        handler.Tell(renewed, connection);
        if (!asker.Equals(handler))
        {
            asker.Tell(renewed, connection);
        }
    }
}
