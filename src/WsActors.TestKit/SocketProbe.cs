using Akka.Actor;
using Akka.IO;
using Akka.TestKit;
using WsActors.Transport.Tls;

namespace WsActors.TestKit;

/// <summary>
/// A socket played by the test: it delivers a chunk only when the connection asks for one, takes writes as a kernel does, or does not,
/// and ends as the test likes. Part of a <see cref="PeerProbe"/>. It answers the connection by itself, on whatever thread speaks to it.
/// </summary>
public sealed class SocketProbe
{
    /// <summary>Reads as much as it understands.</summary>
    internal delegate bool Read(ref ReadOnlySpan<byte> bytes);

    private readonly TestProbe _probe;

    /// <summary>Guards all that follows.</summary>
    private readonly Lock _lock = new();

    /// <summary>The results of the next reads of the connection: bytes, or their end.</summary>
    private readonly Queue<Tcp.Event> _toDeliver = [];

    /// <summary>Writes that the peer has not taken, with who waits for it.</summary>
    private readonly Queue<(Tcp.Write Write, IActorRef Writer)> _notTaken = [];

    /// <summary>The bytes that were sent to the peer and that it has not read.</summary>
    private byte[] _bytes = [];

    private IActorRef? _connection;

    private bool _isReadAskedFor;

    private bool _isStopped;

    /// <summary>The connection's violation of a byte source's rules; null without one.</summary>
    private string? _fault;

    /// <param name="kit">Waits for actors.</param>
    /// <param name="test">Makes the probe.</param>
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
        AwaitUntil("the connection", () => _connection is not null || IsReset);
    }

    /// <summary>The connection on it.</summary>
    public IActorRef Connection => _connection ?? throw new ExpectationException("No connection took the socket.");

    /// <summary>Whether writes are taken; while they are not, the peer does not read.</summary>
    public bool TakesWrites { get; private set; } = true;

    /// <summary>Whether a hang-up is answered at once, as a peer does that closes, too.</summary>
    public bool ClosesInTurn { get; set; } = true;

    /// <summary>Whether the connection half-closed.</summary>
    public bool IsHalfClosed { get; private set; }

    /// <summary>Whether the connection reset the socket, or never took it.</summary>
    public bool IsReset { get; private set; }

    /// <summary>Whether the connection asked for the next read.</summary>
    public bool IsReadAskedFor
    {
        get
        {
            Kit.AwaitIdle();
            return _isReadAskedFor;
        }
    }

    /// <summary>The number of writes.</summary>
    public int Writes { get; private set; }

    internal WebSocketTestKit Kit { get; }

    /// <summary>The number of messages that the connection sent.</summary>
    internal int Heard { get; private set; }

    /// <summary>Whether bytes came that nobody looked at.</summary>
    internal bool HasBytes => _bytes.Length > 0;

    /// <summary>The peer stops reading: writes are not taken any more.</summary>
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
            while (_notTaken.TryDequeue(out var waiting))
            {
                Take(waiting.Write, waiting.Writer);
            }
        }
    }

    /// <summary>The peer reads the write that waits for it, and no more.</summary>
    public void ReadOnce()
    {
        Kit.AwaitIdle();
        lock (_lock)
        {
            if (_notTaken.TryDequeue(out var waiting))
            {
                Take(waiting.Write, waiting.Writer);
            }
        }
    }

    /// <summary>The peer half-closes: it sends no more, and may read on.</summary>
    public void HalfClose() => Deliver(Tcp.PeerClosed.Instance);

    /// <summary>The peer resets the socket.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            End(Connection, new Tcp.ErrorClosed("Connection reset by peer"));
        }
    }

    /// <summary>Expects that the connection half-closes.</summary>
    public void ExpectHalfClose() => AwaitUntil("a hang-up", () => IsHalfClosed);

    /// <summary>Expects that the connection resets the socket.</summary>
    public void ExpectReset() => AwaitUntil("a reset", () => IsReset);

    internal void ExpectEnd() => AwaitUntil("the end of the socket", () => IsHalfClosed || IsReset);

    /// <summary>Expects that the connection has stopped.</summary>
    public void ExpectStopped()
    {
        _probe.Watch(Connection);
        AwaitUntil("the end of the connection", () => _isStopped);

        // Its parent heard of it first; now it has dealt with it, too, and its place is free.
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

                if (IsHalfClosed || IsReset)
                {
                    throw new ExpectationException($"Expected {expected}, but the connection {(IsReset ? "reset" : "closed")} the socket.");
                }
            }

            AwaitOne(expected);
        }
    }

    /// <summary>The bytes that came and that nothing has looked at yet: frames, say, as they are on the wire.</summary>
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
        if (_connection is not null && !_isStopped)
        {
            Kit.Await(_connection);
            Kit.AwaitChildrenOf(_connection);
            Kit.Await(_connection);
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

    private void AwaitUntil(string expected, Func<bool> isSo)
    {
        while (!isSo())
        {
            AwaitOne(expected);
        }
    }

    /// <summary>Waits for the next message that was dealt with and that nobody waited for.</summary>
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
        if (_fault is not null)
        {
            throw new ExpectationException(_fault);
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
                case StartTls: // The test plays what is within it.
                    sender.Tell(new TlsStarted(null), _probe.Ref);
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
                        _notTaken.Enqueue((write, sender));
                    }

                    break;
                case Tcp.ConfirmedClose:
                    IsHalfClosed = true;
                    if (ClosesInTurn)
                    {
                        sender.Tell(Tcp.ConfirmedClosed.Instance, _probe.Ref);
                    }

                    break;
                case Tcp.Close:
                    IsHalfClosed = true;
                    break;
                case Tcp.Abort:
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

    /// <summary>As Akka.IO ends a socket: a write that was not taken fails, then comes the end.</summary>
    private void End(IActorRef connection, Tcp.ConnectionClosed end)
    {
        while (_notTaken.TryDequeue(out var waiting))
        {
            waiting.Writer.Tell(waiting.Write.FailureMessage, _probe.Ref);
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
