using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Transport.Sockets;
using WsActors.Transport.Sources;
using WsActors.Transport.Streams;
using WsActors.Transport.Tls;

namespace WsActors.Transport;

/// <summary>
/// A byte source as its connection sees it: an actor reference that speaks Akka.IO's Tcp messages in pull mode. It holds two references
/// only, so that the kinds of sources stay internal to this folder.
/// </summary>
internal readonly struct ByteSource(IActorRef source, IActorRef connection)
{
    public IActorRef Source { get; } = source;

    /// <inheritdoc cref="IsSynchronousSource"/>
    public bool IsSynchronous => IsSynchronousSource(Source);

    /// <summary>
    /// Whether a source is not an actor, but executes commands within the call. A write that the kernel takes completes at once, without an
    /// acknowledgement. The source always reports its end, so it need not be watched. Received bytes arrive in a run queue, in which the
    /// connection runs at once.
    /// </summary>
    public static bool IsSynchronousSource(IActorRef source) => source is SourceRef;

    /// <summary>Whether the peer has sent part of its TLS handshake.</summary>
    public bool HasTlsBegun => Source is SocketConnection { HasTlsBegun: true };

    /// <summary>Registers the connection for the socket's events. A half-close of the peer leaves our direction open.</summary>
    public void Register() => Tell(new Tcp.Register(connection, keepOpenOnPeerClosed: true));

    /// <summary>Starts TLS, before any read or write; the source answers <see cref="TlsStarted"/>.</summary>
    public void Secure(StartTls command) => Tell(command);

    /// <summary>Requests one read. Called once after each read, so that at most one waits in the mailbox.</summary>
    public void ResumeReading() => Tell(Tcp.ResumeReading.Instance);

    /// <summary>
    /// Starts a write; <see cref="WriteCompleted"/> follows when the kernel took it. The array must not change until then.
    /// </summary>
    /// <param name="bytes">The bytes to write.</param>
    /// <param name="isLast">Whether <see cref="ConfirmedClose"/> follows: the socket's end may leave with this write.</param>
    /// <returns>True when the kernel took it at once: no message follows.</returns>
    public bool TryWrite(ArraySegment<byte> bytes, bool isLast)
    {
        if (Source is SourceRef ours)
        {
            return ours.TryWrite(new SourceSender.PendingWrite(bytes, WriteCompleted.Instance, connection, isLast));
        }

        Tell(Tcp.Write.Create(ByteString.FromBytes(bytes.Array!, bytes.Offset, bytes.Count), WriteCompleted.Instance));
        return false;
    }

    /// <summary>The bytes of a read. They do not change until <see cref="ResumeReading"/> or <see cref="ReturnBytes"/>.</summary>
    /// <param name="message"><c>Tcp.Received</c>, or <see cref="LeasedBytes"/> of our own sources.</param>
    public static ReadOnlySpan<byte> BytesOf(object message) => message switch
    {
        LeasedBytes leasedBytes => leasedBytes.Bytes.Span,
        Tcp.Received received => received.Data.ToReadOnlySpan(),
        _ => throw new ArgumentException($"{message.GetType()} brings no bytes.", nameof(message)),
    };

    /// <summary>Returns the bytes of the last read without requesting the next.</summary>
    public void ReturnBytes()
    {
        if (Source is SourceRef)
        {
            Tell(LeasedBytes.ReturnLease.Instance);
        }
    }

    /// <summary>
    /// Half-closes, and ends once the peer has closed, too. Unlike <c>Tcp.Close</c> it does not reset a peer that still sends.
    /// </summary>
    /// <param name="isPeerDone">
    /// Whether the peer sends no more (RFC 6455 §5.5.1). A source that cannot half-close then ends at once, and does not linger.
    /// </param>
    public void ConfirmedClose(bool isPeerDone) =>
        Tell(isPeerDone && Source is StreamConnection { CanHalfClose: false } ? Tcp.Close.Instance : Tcp.ConfirmedClose.Instance);

    /// <summary>Resets the socket.</summary>
    public void Abort() => Tell(Tcp.Abort.Instance);

    /// <summary>
    /// Closes the socket of a connection that failed. Akka.IO resets the socket of a stopped handler, but not after <c>Tcp.Close</c>: it
    /// completes its writes, then closes.
    /// </summary>
    /// <param name="scheduler">Schedules the reset of a socket whose peer does not read: the connection has stopped by then.</param>
    /// <param name="within">The time until the reset.</param>
    public void Close(ITellScheduler scheduler, TimeSpan within)
    {
        Tell(Tcp.Close.Instance);
        scheduler.ScheduleTellOnce(within, Source, Tcp.Abort.Instance, ActorRefs.NoSender);
    }

    private void Tell(object message) => Source.Tell(message, connection);

    /// <summary>The kernel took the write in flight.</summary>
    internal sealed class WriteCompleted : Tcp.Event, IDeadLetterSuppression
    {
        private WriteCompleted()
        {
        }

        public static WriteCompleted Instance { get; } = new();
    }
}
