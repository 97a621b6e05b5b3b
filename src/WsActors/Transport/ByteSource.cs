using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Transport.Sockets;
using WsActors.Transport.Tls;

namespace WsActors.Transport;

/// <summary>
/// A byte source, as its connection sees it: an actor that speaks Akka.IO's Tcp messages in pull mode. Holds nothing but the two
/// references, so that what a source is stays in this folder.
/// </summary>
internal readonly struct ByteSource(IActorRef source, IActorRef connection)
{
    public IActorRef Source { get; } = source;

    /// <inheritdoc cref="IsSynchronousSource"/>
    public bool IsSynchronous => IsSynchronousSource(Source);

    /// <summary>
    /// Whether a source is no actor, but does what it is told there and then. So a write that the kernel takes is over at once, without an
    /// ack; it never ends without a word, so that there is no need to watch it; and what comes is told in a turn, in which its connection
    /// is run at once.
    /// </summary>
    public static bool IsSynchronousSource(IActorRef source) => source is SocketConnection;

    /// <summary>Whether the peer has sent anything of its TLS handshake.</summary>
    public bool HasTlsBegun => Source is SocketConnection { HasTlsBegun: true };

    /// <summary>From now on the connection is told what comes. A half-close of the peer leaves our direction open.</summary>
    public void Register() => Tell(new Tcp.Register(connection, keepOpenOnPeerClosed: true));

    /// <summary>From now on the source speaks TLS, before anything is read or written; <see cref="TlsStarted"/> comes back.</summary>
    public void Secure(StartTls how) => Tell(how);

    /// <summary>Asks for one read. One call for each read that was dealt with, so that at most one waits in the mailbox.</summary>
    public void ResumeReading() => Tell(Tcp.ResumeReading.Instance);

    /// <summary>Writes; <see cref="WriteCompleted"/> comes back when the kernel took it. The array must not change until then.</summary>
    /// <param name="bytes">What leaves.</param>
    /// <param name="isLast">Whether <see cref="ConfirmedClose"/> follows: then the end may leave with it.</param>
    /// <returns>Whether the kernel took it at once: then nothing comes back.</returns>
    public bool TryWrite(ArraySegment<byte> bytes, bool isLast)
    {
        if (Source is SocketConnection socket)
        {
            return socket.TryWrite(new SocketSender.PendingWrite(bytes, WriteCompleted.Instance, connection, isLast));
        }

        Tell(Tcp.Write.Create(ByteString.FromBytes(bytes.Array!, bytes.Offset, bytes.Count), WriteCompleted.Instance));
        return false;
    }

    /// <summary>The bytes of a read. They stay as they are until <see cref="ResumeReading"/> or <see cref="ReturnBytes"/>.</summary>
    /// <param name="message"><c>Tcp.Received</c>, or what a source of our own tells instead.</param>
    public static ReadOnlySpan<byte> BytesOf(object message) => message switch
    {
        LeasedBytes leasedBytes => leasedBytes.Bytes.Span,
        Tcp.Received received => received.Data.ToReadOnlySpan(),
        _ => throw new ArgumentException($"{message.GetType()} brings no bytes.", nameof(message)),
    };

    /// <summary>The bytes of the last read are not needed any more, and none are asked for.</summary>
    public void ReturnBytes()
    {
        if (Source is SocketConnection)
        {
            Tell(LeasedBytes.ReturnLease.Instance);
        }
    }

    /// <summary>
    /// Half-closes, and ends when the peer has closed, too. Unlike <c>Tcp.Close</c> it does not reset a peer that still sends.
    /// </summary>
    public void ConfirmedClose() => Tell(Tcp.ConfirmedClose.Instance);

    /// <summary>Resets.</summary>
    public void Abort() => Tell(Tcp.Abort.Instance);

    /// <summary>
    /// The last words of a connection that failed. Akka.IO resets the socket of a stopped handler, but not after <c>Tcp.Close</c>:
    /// it writes what it has, then closes.
    /// </summary>
    /// <param name="scheduler">Resets the socket if its peer does not read: nobody is left to do that.</param>
    /// <param name="within">How long the peer has.</param>
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
