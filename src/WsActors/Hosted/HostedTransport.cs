using WsActors.Transport.Streams;

namespace WsActors.Hosted;

/// <summary>
/// An upgraded request of the host. It is used until the task of <see cref="HostedUpgrade.RunAsync"/> completes, and not after.
/// </summary>
public abstract class HostedTransport : IUpgradedStream
{
    /// <summary>
    /// The bytes of both directions. It supports zero-byte reads, and one read and one write at the same time; a write does not need its
    /// buffer once it completes.
    /// </summary>
    public abstract Stream Stream { get; }

    /// <summary>Whether our direction can be closed alone, as with HTTP/2.</summary>
    public virtual bool CanCompleteSending => false;

    /// <summary>
    /// Whether code that runs when a read completes may block its thread. It may where the completion is a work item of the thread pool, or
    /// the end of one; not where a loop below it on the stack reads for others.
    /// </summary>
    public virtual bool MayBlockReadCompletions => false;

    /// <summary>Closes our direction, behind all that was written. Called if <see cref="CanCompleteSending"/>.</summary>
    public virtual Task CompleteSendingAsync() => Task.CompletedTask;

    /// <summary>Resets the stream: reads and writes in flight fail. Must not wait.</summary>
    public abstract void Abort();
}
