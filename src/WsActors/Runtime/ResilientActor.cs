using Akka.Actor;
using Akka.Event;

namespace WsActors.Runtime;

/// <summary>
/// An actor that all connections of a node share. A message whose handling throws is logged, and answered if its sender awaits an answer.
/// It does not restart the actor, which would affect all others.
/// </summary>
internal abstract class ResilientActor : UntypedActor
{
    private FailureLog? _failures;

    protected ILoggingAdapter Log { get; } = Context.GetLogger();

    protected sealed override void OnReceive(object message)
    {
        try
        {
            Handle(message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _failures ??= new FailureLog(Log, new Clock(TimeProvider.System));
            _failures.Write(message.GetType().Name, "could not be handled; it is dropped, and nothing else is lost", e);
            Refuse(message, e);
        }
    }

    protected abstract void Handle(object message);

    /// <summary>Answers a message whose handling threw.</summary>
    protected virtual void Refuse(object message, Exception cause)
    {
    }

    /// <summary>Answers a message whose protocol has no failure of its own.</summary>
    protected void AnswerFailure(Exception cause)
    {
        if (!Sender.Equals(Context.System.DeadLetters) && !Sender.Equals(Self))
        {
            Sender.Tell(new Status.Failure(cause), Self);
        }
    }
}
