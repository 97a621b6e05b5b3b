using Akka.Actor;
using Akka.Event;

namespace WsActors.Topics;

/// <summary>
/// An actor that all connections of a node share. A message whose handling throws is logged and answered; it never restarts the actor, which would cost
/// everybody else.
/// </summary>
internal abstract class SharedActor : UntypedActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();

    protected sealed override void OnReceive(object message)
    {
        try
        {
            Handle(message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _log.Error(e, "{Message} could not be handled; it is dropped, and nothing else is lost", message.GetType().Name);
            Refuse(message);
        }
    }

    protected abstract void Handle(object message);

    /// <summary>Answers a message whose handling threw.</summary>
    protected virtual void Refuse(object message)
    {
    }
}
