using Akka.Actor;

namespace WsActors.Sessions;

/// <summary>Delivery to a session by its id: each message once, in each publisher's order. Owned by its session.</summary>
/// <param name="session">The session.</param>
/// <param name="sequences">The last sequence of each publisher.</param>
/// <param name="append">Logs a message.</param>
internal sealed class ExactlyOnceDelivery(SessionActor session, PublisherSequences sequences, Action<Ws.Send, IActorRef> append)
{
    public PublisherSequences Sequences => sequences;

    public static Ws.DeliverFailed UnknownSession(Ws.Deliver deliver) => Failed(deliver, "There is no such session, or it has ended.");

    public void Accept(Ws.Deliver deliver) => session.Tell(session.CurrentSender, Answer(deliver));

    private Ws.IOperation Answer(Ws.Deliver deliver)
    {
        var next = sequences.NextOf(deliver.Publisher);
        if (deliver.Sequence > next)
        {
            return new Ws.SequenceExpected { SessionId = deliver.SessionId, Publisher = deliver.Publisher, Sequence = next };
        }

        if (!sequences.HasRoomFor(deliver.Publisher))
        {
            var max = session.Host.Settings.MaxPublishers;
            return Failed(deliver, $"A session remembers at most {max} publishers (ws-actors.sessions.max-publishers).");
        }

        if (deliver.Sequence == next)
        {
            // Complete in either case: logged, or dropped by its overflow policy.
            sequences.Set(deliver.Publisher, deliver.Sequence);
            append(deliver.Message, session.CurrentSender);
        }

        return new Ws.Delivered { SessionId = deliver.SessionId, Publisher = deliver.Publisher, Sequence = deliver.Sequence };
    }

    private static Ws.DeliverFailed Failed(Ws.Deliver deliver, string reason) =>
        new() { SessionId = deliver.SessionId, Publisher = deliver.Publisher, Sequence = deliver.Sequence, Reason = reason };
}
