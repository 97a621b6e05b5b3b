using Akka.Actor;
using Akka.IO;
using WsActors.Transport.Tls;

namespace WsActors.TestKit;

/// <summary>
/// The socket that a <see cref="SocketProbe"/> plays: answers its connection as a byte source does, and records what that sends. The test's
/// thread and the probe's actor share it.
/// </summary>
internal sealed class PlayedSocket(IActorRef self)
{
    /// <summary>Reads from the start of the bytes and advances past what it read. False: it needs more bytes.</summary>
    public delegate bool Read(ref ReadOnlySpan<byte> bytes);

    /// <summary>Guards all state below, reads included.</summary>
    private readonly Lock _lock = new();

    /// <summary>The results of the next reads of the connection: bytes, or their end.</summary>
    private readonly Queue<Tcp.Event> _toDeliver = [];

    /// <summary>The writes that the peer has not taken, each with the actor that waits for it.</summary>
    private readonly Queue<(Tcp.Write Write, IActorRef Writer)> _pendingWrites = [];

    /// <summary>The bytes that were sent to the peer and that it has not read.</summary>
    private byte[] _bytes = [];

    /// <summary>The sender of <see cref="Tcp.Close"/>; null without one, or when it was answered.</summary>
    private IActorRef? _closer;

    /// <summary>The actor that took the socket, and handles its events; null before that.</summary>
    public IActorRef? Handler
    {
        get => Locked(() => field);
        private set;
    }

    /// <summary>The connection: <see cref="Handler"/>, unless that named another. Null before the socket was taken.</summary>
    public IActorRef? Connection
    {
        get => Locked(() => field ?? Handler);
        private set;
    }

    /// <summary>Whether writes are taken; false while the peer does not read.</summary>
    public bool TakesWrites
    {
        get => Locked(() => field);
        private set;
    } = true;

    /// <summary>Whether the peer answers a half-close at once by closing its own side.</summary>
    public bool AnswersClose
    {
        get => Locked(() => field);
        set
        {
            lock (_lock)
            {
                field = value;
            }
        }
    } = true;

    /// <summary>Whether the connection half-closed the socket.</summary>
    public bool IsHalfClosed
    {
        get => Locked(() => field);
        private set;
    }

    /// <summary>Whether the connection closed the socket in both directions, and all writes are taken.</summary>
    public bool IsClosed
    {
        get => Locked(() => field);
        private set;
    }

    /// <summary>Whether the connection reset the socket, or never took it.</summary>
    public bool IsReset
    {
        get => Locked(() => field);
        private set;
    }

    /// <summary>Whether the connection requested the next read.</summary>
    public bool IsReadAskedFor
    {
        get => Locked(() => field);
        private set;
    }

    /// <summary>Whether the connection has stopped.</summary>
    public bool IsStopped
    {
        get => Locked(() => field);
        private set;
    }

    /// <summary>The connection's violation of a byte source's rules; null without one.</summary>
    public string? Fault
    {
        get => Locked(() => field);
        private set;
    }

    /// <summary>The number of writes.</summary>
    public int Writes
    {
        get => Locked(() => field);
        private set;
    }

    /// <summary>The number of messages that the connection sent.</summary>
    public int Heard
    {
        get => Locked(() => field);
        private set;
    }

    /// <summary>Whether bytes arrived that the test has not read.</summary>
    public bool HasBytes => Locked(() => _bytes.Length > 0);

    /// <summary>Whether the connection ended the socket in any way.</summary>
    public bool HasEnded => IsHalfClosed || IsClosed || IsReset;

    // The peer.

    /// <summary>Writes are no longer taken.</summary>
    public void StopReading()
    {
        lock (_lock)
        {
            TakesWrites = false;
        }
    }

    /// <summary>Takes all pending writes, and those that follow.</summary>
    public void ResumeReading()
    {
        lock (_lock)
        {
            TakesWrites = true;
            while (_pendingWrites.TryDequeue(out var pending))
            {
                Take(pending.Write, pending.Writer);
            }

            CloseWhenWritten();
        }
    }

    /// <summary>Takes one pending write.</summary>
    public void ReadOnce()
    {
        lock (_lock)
        {
            if (_pendingWrites.TryDequeue(out var pending))
            {
                Take(pending.Write, pending.Writer);
            }

            CloseWhenWritten();
        }
    }

    /// <summary>Delivers the results of the connection's next reads, each when a read is requested.</summary>
    public void Deliver(params Tcp.Event[] events)
    {
        lock (_lock)
        {
            Array.ForEach(events, _toDeliver.Enqueue);
            DeliverNext();
        }
    }

    public void Reset(IActorRef handler)
    {
        lock (_lock)
        {
            End(handler, new Tcp.ErrorClosed("Connection reset by peer"));
        }
    }

    /// <summary>Reads bytes that arrived.</summary>
    /// <param name="read">Reads them.</param>
    /// <param name="hasEnded">Whether no more can arrive.</param>
    /// <returns>Whether they were enough.</returns>
    public bool TryRead(Read read, out bool hasEnded)
    {
        lock (_lock)
        {
            ReadOnlySpan<byte> bytes = _bytes;
            var isDone = read(ref bytes);
            _bytes = bytes.ToArray();
            hasEnded = HasEnded;
            return isDone;
        }
    }

    /// <summary>All bytes that arrived and were not read.</summary>
    public byte[] TakeBytes()
    {
        lock (_lock)
        {
            var bytes = _bytes;
            _bytes = [];
            return bytes;
        }
    }

    // The byte source.

    /// <summary>Handles a message of the connection, on the thread that runs the probe's actor.</summary>
    public void On(object message, IActorRef sender)
    {
        lock (_lock)
        {
            Heard++;
            switch (message)
            {
                case Tcp.Register register:
                    Handler = register.Handler;
                    break;
                case ServedBy served:
                    Connection = served.Connection;
                    break;
                case StartTls: // The test plays the plain bytes within TLS.
                    sender.Tell(new TlsStarted(), self);
                    break;
                case Tcp.ResumeReading when IsReadAskedFor:
                    Fault = "The connection asked for a second read before it got the first.";
                    break;
                case Tcp.ResumeReading:
                    IsReadAskedFor = true;
                    DeliverNext();
                    break;
                case Tcp.Write write:
                    Writes++;
                    if (TakesWrites)
                    {
                        Take(write, sender);
                    }
                    else
                    {
                        _pendingWrites.Enqueue((write, sender));
                    }

                    break;
                case Tcp.ConfirmedClose:
                    IsHalfClosed = true;
                    if (AnswersClose)
                    {
                        sender.Tell(Tcp.ConfirmedClosed.Instance, self);
                    }

                    break;
                case Tcp.Close:
                    _closer = sender;
                    CloseWhenWritten();
                    break;
                case Tcp.Abort when IsClosed: // The socket is gone, as Akka.IO's actor would be.
                    break;
                case Tcp.Abort:
                    _closer = null;
                    IsReset = true;
                    End(sender, Tcp.Aborted.Instance);
                    break;
                case Terminated:
                    IsStopped = true;
                    break;
            }
        }
    }

    private void Take(Tcp.Write write, IActorRef writer)
    {
        _bytes = [.. _bytes, .. write.Data.ToReadOnlySpan()];
        if (write.WantsAck)
        {
            writer.Tell(write.Ack, self);
        }
    }

    /// <summary>Answers <see cref="Tcp.Close"/> as Akka.IO does: when all writes are taken.</summary>
    private void CloseWhenWritten()
    {
        if (_closer is not null && _pendingWrites.Count == 0)
        {
            IsClosed = true;
            _closer.Tell(Tcp.Closed.Instance, self);
            _closer = null;
        }
    }

    /// <summary>Ends the socket as Akka.IO does: pending writes fail, then the end is reported.</summary>
    private void End(IActorRef connection, Tcp.ConnectionClosed end)
    {
        while (_pendingWrites.TryDequeue(out var pending))
        {
            pending.Writer.Tell(pending.Write.FailureMessage, self);
        }

        connection.Tell(end, self);
    }

    private void DeliverNext()
    {
        if (IsReadAskedFor && _toDeliver.TryDequeue(out var next))
        {
            IsReadAskedFor = false;
            Handler!.Tell(next, self); // Not null: it has asked for the read.
        }
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }
}
