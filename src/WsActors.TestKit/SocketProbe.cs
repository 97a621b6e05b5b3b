using Akka.Actor;
using Akka.IO;
using Akka.TestKit;
using WsActors.Transport.Tls;

namespace WsActors.TestKit;

/// <summary>
/// A socket played by the test: it delivers a chunk only when the connection requests a read, and takes writes and ends as the test likes.
/// Part of a <see cref="PeerProbe"/>. It answers the connection by itself, on the threads that run the connection and the probe's actor.
/// </summary>
public sealed class SocketProbe
{
    /// <summary>Reads from the start of the bytes and advances past what it read. False: it needs more bytes.</summary>
    internal delegate bool Read(ref ReadOnlySpan<byte> bytes);

    private readonly TestProbe _probe;

    /// <summary>Guards all state below, reads included: the test's thread and the probe's actor share it.</summary>
    private readonly Lock _lock = new();

    /// <summary>The results of the next reads of the connection: bytes, or their end.</summary>
    private readonly Queue<Tcp.Event> _toDeliver = [];

    /// <summary>The writes that the peer has not taken, each with the actor that waits for it.</summary>
    private readonly Queue<(Tcp.Write Write, IActorRef Writer)> _pendingWrites = [];

    /// <summary>The bytes that were sent to the peer and that it has not read.</summary>
    private byte[] _bytes = [];

    private IActorRef? _connection;

    /// <summary>The sender of <see cref="Tcp.Close"/>; null without one, or when it was answered.</summary>
    private IActorRef? _closer;

    private bool _isReadAskedFor;

    private bool _isStopped;

    /// <summary>The connection's violation of a byte source's rules; null without one.</summary>
    private string? _fault;

    /// <param name="kit">The kit that waits for actors.</param>
    /// <param name="test">The test that creates the probe.</param>
    /// <param name="offer">Offers the socket to the actor that takes it.</param>
    internal SocketProbe(WebSocketTestKit kit, TestKitBase test, Action<IActorRef> offer)
    {
        Kit = kit;
        _probe = test.CreateTestProbe();
        _probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            On(message, sender);
            return AutoPilot.KeepRunning;
        }));
        offer(_probe.Ref);
        AwaitUntil("the connection", () => Locked(() => _connection is not null) || IsReset);
    }

    /// <summary>The connection that took the socket.</summary>
    public IActorRef Connection => Locked(() => _connection) ?? throw new ExpectationException("No connection took the socket.");

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

    /// <summary>Whether the connection half-closed the socket: it sends no more, and awaits the peer's end.</summary>
    public bool IsHalfClosed
    {
        get => Locked(() => field);
        private set;
    }

    /// <summary>
    /// Whether the connection closed the socket in both directions, as after a failure of its own. Writes that the peer has not taken come
    /// first.
    /// </summary>
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
        get
        {
            Kit.AwaitIdle();
            return Locked(() => _isReadAskedFor);
        }
    }

    /// <summary>The number of writes.</summary>
    public int Writes
    {
        get => Locked(() => field);
        private set;
    }

    internal WebSocketTestKit Kit { get; }

    /// <summary>The number of messages that the connection sent.</summary>
    internal int Heard
    {
        get => Locked(() => field);
        private set;
    }

    /// <summary>Whether bytes arrived that the test has not read.</summary>
    internal bool HasBytes => Locked(() => _bytes.Length > 0);

    /// <summary>Whether the connection ended the socket in any way.</summary>
    internal bool HasEnded => IsHalfClosed || IsClosed || IsReset;

    /// <summary>The peer stops reading: writes are no longer taken.</summary>
    public void StopReading()
    {
        Kit.AwaitIdle();
        lock (_lock)
        {
            TakesWrites = false;
        }
    }

    /// <summary>The peer reads again.</summary>
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

    /// <summary>The peer reads one pending write and then stops again.</summary>
    public void ReadOnce()
    {
        Kit.AwaitIdle();
        lock (_lock)
        {
            if (_pendingWrites.TryDequeue(out var pending))
            {
                Take(pending.Write, pending.Writer);
            }

            CloseWhenWritten();
        }
    }

    /// <summary>The peer half-closes: it sends no more, and may continue to read.</summary>
    public void HalfClose() => Deliver(Tcp.PeerClosed.Instance);

    /// <summary>The peer resets the socket.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            End(Connection, new Tcp.ErrorClosed("Connection reset by peer"));
        }
    }

    /// <summary>Expects that the connection half-closes the socket.</summary>
    public void ExpectHalfClose() => AwaitUntil("a half-close", () => IsHalfClosed);

    /// <summary>Expects that the connection closes the socket in both directions.</summary>
    public void ExpectClosed() => AwaitUntil("a close of the socket", () => IsClosed);

    /// <summary>Expects that the connection resets the socket.</summary>
    public void ExpectReset() => AwaitUntil("a reset", () => IsReset);

    internal void ExpectEnd() => AwaitUntil("the end of the socket", () => HasEnded);

    /// <summary>Expects that the connection has stopped.</summary>
    public void ExpectStopped()
    {
        _probe.Watch(Connection);
        AwaitUntil("the end of the connection", () => Locked(() => _isStopped));

        // The parent is notified as well. After this wait it has handled that and freed the connection's place.
        Kit.AwaitParents();
    }

    internal void Deliver(params byte[][] chunks) =>
        Deliver(Array.ConvertAll(chunks, static chunk => (Tcp.Event)new Tcp.Received(ByteString.CopyFrom(chunk))));

    internal void AwaitBytes(string expected, Read read)
    {
        while (true)
        {
            lock (_lock)
            {
                ReadOnlySpan<byte> bytes = _bytes;
                var isDone = read(ref bytes);
                _bytes = bytes.ToArray();
                if (isDone)
                {
                    return;
                }

                if (HasEnded)
                {
                    throw new ExpectationException($"Expected {expected}, but the connection {(IsReset ? "reset" : "closed")} the socket.");
                }
            }

            AwaitOne(expected);
        }
    }

    /// <summary>The bytes that arrived and that no expectation has read, such as frames as they are on the wire.</summary>
    public byte[] ReadBytes()
    {
        Kit.AwaitIdle();
        return TakeBytes();
    }

    internal byte[] TakeBytes()
    {
        lock (_lock)
        {
            var bytes = _bytes;
            _bytes = [];
            return bytes;
        }
    }

    internal void AwaitActors()
    {
        ThrowIfAtFault();
        if (Locked(() => _isStopped ? null : _connection) is { } connection)
        {
            Kit.Await(connection);
            Kit.AwaitChildrenOf(connection);
            Kit.Await(connection);
        }
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }

    private void Deliver(params Tcp.Event[] events)
    {
        lock (_lock)
        {
            Array.ForEach(events, _toDeliver.Enqueue);
            DeliverNext();
        }
    }

    private void AwaitUntil(string expected, Func<bool> condition)
    {
        while (!condition())
        {
            AwaitOne(expected);
        }
    }

    /// <summary>Waits until the probe has handled a further message.</summary>
    private void AwaitOne(string expected)
    {
        if (_probe.ReceiveOne(_probe.TestKitSettings.DefaultTimeout) is null)
        {
            throw new ExpectationException($"Expected {expected}, but nothing came.");
        }

        ThrowIfAtFault();
    }

    private void ThrowIfAtFault()
    {
        if (Locked(() => _fault) is { } fault)
        {
            throw new ExpectationException(fault);
        }
    }

    private void On(object message, IActorRef sender)
    {
        lock (_lock)
        {
            Heard++;
            switch (message)
            {
                case Tcp.Register register:
                    _connection = register.Handler;
                    break;
                case StartTls: // The test plays the plain bytes within TLS.
                    sender.Tell(new TlsStarted(), _probe.Ref);
                    break;
                case Tcp.ResumeReading when _isReadAskedFor:
                    _fault = "The connection asked for a second read before it got the first.";
                    break;
                case Tcp.ResumeReading:
                    _isReadAskedFor = true;
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
                        sender.Tell(Tcp.ConfirmedClosed.Instance, _probe.Ref);
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
                    _isStopped = true;
                    break;
            }
        }
    }

    private void Take(Tcp.Write write, IActorRef writer)
    {
        _bytes = [.. _bytes, .. write.Data.ToReadOnlySpan()];
        writer.Tell(write.Ack, _probe.Ref);
    }

    /// <summary>Answers <see cref="Tcp.Close"/> as Akka.IO does: when all writes are taken.</summary>
    private void CloseWhenWritten()
    {
        if (_closer is not null && _pendingWrites.Count == 0)
        {
            IsClosed = true;
            _closer.Tell(Tcp.Closed.Instance, _probe.Ref);
            _closer = null;
        }
    }

    /// <summary>Ends the socket as Akka.IO does: pending writes fail, then the end is reported.</summary>
    private void End(IActorRef connection, Tcp.ConnectionClosed end)
    {
        while (_pendingWrites.TryDequeue(out var pending))
        {
            pending.Writer.Tell(pending.Write.FailureMessage, _probe.Ref);
        }

        connection.Tell(end, _probe.Ref);
    }

    private void DeliverNext()
    {
        if (_isReadAskedFor && _toDeliver.TryDequeue(out var next))
        {
            _isReadAskedFor = false;
            Connection.Tell(next, _probe.Ref);
        }
    }
}
