using Akka.Actor;

namespace WsActors.Runtime;

/// <summary>
/// Runs the scans of <see cref="Scans"/>, one after the other, and answers with their results. One for each actor system.
/// </summary>
internal sealed class ScansActor(Action completed) : ResilientActor
{
    /// <summary>A scan. Its sender gets the result.</summary>
    internal sealed record Scan(Func<object> Run) : INoSerializationVerificationNeeded;

    public static Props PropsFor(Action completed) => Props.Create<ScansActor>(completed).WithDeploy(Deploy.Local);

    protected override void Handle(object message)
    {
        if (message is not Scan scan)
        {
            Unhandled(message);
            return;
        }

        try
        {
            Sender.Tell(scan.Run(), Self);
        }
        finally
        {
            completed();
        }
    }

    protected override void Refuse(object message, Exception cause) => AnswerFailure(cause);
}
