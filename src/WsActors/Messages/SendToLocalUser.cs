using Akka.Actor;

namespace WsActors.Messages;

/// <summary>
/// One node's part of a <see cref="Ws.SendToUser"/>: the receiving manager tells the user's connections and sessions of its node. Answered
/// with <see cref="Ws.Recipients"/>.
/// </summary>
/// <param name="User">The user.</param>
/// <param name="Message">The message for the user.</param>
/// <param name="Publisher">The receiver of acknowledgements.</param>
internal sealed record SendToLocalUser(string User, Ws.Send Message, IActorRef Publisher) : Ws.IOperation
{
    /// <summary>Without the user: an unhandled message reaches a log.</summary>
    public override string ToString() => $"{nameof(SendToLocalUser)} {{ {Message} }}";
}
