using Akka.Actor;
using Akka.IO;
using Akka.TestKit;

namespace WsActors.TestKit;

/// <summary>
/// A socket played by the test: it delivers a chunk only when the connection requests a read, and takes writes and ends as the test likes.
/// Part of a <see cref="PeerProbe"/>. It answers the connection by itself, on the threads that run the connection and the probe's actor.
/// </summary>
public sealed class SocketProbe
{
    private readonly TestProbe _probe;

    private readonly PlayedSocket _socket;

    /// <param name="kit">The kit that waits for actors.</param>
    /// <param name="test">The test that creates the probe.</param>
    /// <param name="offer">Offers the socket to the actor that takes it.</param>
    internal SocketProbe(WebSocketTestKit kit, TestKitBase test, Action<IActorRef> offer)
    {
        Kit = kit;
        _probe = test.CreateTestProbe();
        _socket = new PlayedSocket(_probe.Ref);
        _probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            _socket.On(message, sender);
            return AutoPilot.KeepRunning;
        }));
        offer(_probe.Ref);
        AwaitUntil("the connection", () => _socket.Handler is not null || IsReset);
    }

    /// <summary>The connection that took the socket.</summary>
    public IActorRef Connection => _socket.Connection ?? throw new ExpectationException("No connection took the socket.");

    private IActorRef Handler => _socket.Handler ?? throw new ExpectationException("No connection took the socket.");

    /// <summary>Whether writes are taken; false while the peer does not read.</summary>
    public bool TakesWrites => _socket.TakesWrites;

    /// <summary>Whether the peer answers a half-close at once by closing its own side.</summary>
    public bool AnswersClose
    {
        get => _socket.AnswersClose;
        set => _socket.AnswersClose = value;
    }

    /// <summary>Whether the connection half-closed the socket: it sends no more, and awaits the peer's end.</summary>
    public bool IsHalfClosed => _socket.IsHalfClosed;

    /// <summary>
    /// Whether the connection closed the socket in both directions, as after a failure of its own. Writes that the peer has not taken come
    /// first.
    /// </summary>
    public bool IsClosed => _socket.IsClosed;

    /// <summary>Whether the connection reset the socket, or never took it.</summary>
    public bool IsReset => _socket.IsReset;

    /// <summary>Whether the connection requested the next read.</summary>
    public bool IsReadAskedFor
    {
        get
        {
            Kit.AwaitIdle();
            return _socket.IsReadAskedFor;
        }
    }

    /// <summary>The number of writes.</summary>
    public int Writes => _socket.Writes;

    internal WebSocketTestKit Kit { get; }

    /// <summary>The number of messages that the connection sent.</summary>
    internal int Heard => _socket.Heard;

    /// <summary>Whether bytes arrived that the test has not read.</summary>
    internal bool HasBytes => _socket.HasBytes;

    /// <summary>Whether the connection ended the socket in any way.</summary>
    internal bool HasEnded => _socket.HasEnded;

    /// <summary>The peer stops reading: writes are no longer taken.</summary>
    public void StopReading()
    {
        Kit.AwaitIdle();
        _socket.StopReading();
    }

    /// <summary>The peer reads again.</summary>
    public void ResumeReading() => _socket.ResumeReading();

    /// <summary>The peer reads one pending write and then stops again.</summary>
    public void ReadOnce()
    {
        Kit.AwaitIdle();
        _socket.ReadOnce();
    }

    /// <summary>The peer half-closes: it sends no more, and may continue to read.</summary>
    public void HalfClose() => _socket.Deliver(Tcp.PeerClosed.Instance);

    /// <summary>The peer resets the socket.</summary>
    public void Reset() => _socket.Reset(Handler);

    /// <summary>The peer resets the socket, unless that has ended in both directions or no connection has taken it.</summary>
    internal void Leave()
    {
        if (_socket is { Handler: not null, IsClosed: false, IsReset: false })
        {
            Reset();
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
        AwaitUntil("the end of the connection", () => _socket.IsStopped);

        // The parent is notified as well. After this wait it has handled that and freed the connection's place.
        Kit.AwaitParents();
    }

    internal void Deliver(params byte[][] chunks) =>
        _socket.Deliver(Array.ConvertAll(chunks, static chunk => (Tcp.Event)new Tcp.Received(ByteString.CopyFrom(chunk))));

    internal void AwaitBytes(string expected, PlayedSocket.Read read)
    {
        while (!_socket.TryRead(read, out var hasEnded))
        {
            if (hasEnded)
            {
                throw new ExpectationException($"Expected {expected}, but the connection {(IsReset ? "reset" : "closed")} the socket.");
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

    internal byte[] TakeBytes() => _socket.TakeBytes();

    internal void AwaitActors()
    {
        ThrowIfAtFault();
        if (!_socket.IsStopped && _socket is { Handler: { } handler, Connection: { } connection })
        {
            if (!handler.Equals(connection))
            {
                Kit.Await(handler);
            }

            Kit.Await(connection);
            Kit.AwaitChildrenOf(connection);
            Kit.Await(connection);
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
        if (_socket.Fault is { } fault)
        {
            throw new ExpectationException(fault);
        }
    }
}
