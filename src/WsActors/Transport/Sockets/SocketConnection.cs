using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.IO;
using WsActors.Dispatch;
using WsActors.Transport.Tls;

namespace WsActors.Transport.Sockets;

/// <summary>
/// A socket as an actor reference without a mailbox: what it is told it does at once, on the thread that tells it. It speaks Akka.IO's Tcp
/// messages in pull mode, and lends what came (<see cref="Arrival"/>). Owned by its listener until its end. Any thread; what callbacks of the
/// socket and its connection do at the same time is serialised here.
/// </summary>
internal sealed class SocketConnection : MinimalActorRef
{
    /// <summary>Told when whoever asked for the socket had time enough to take it.</summary>
    internal sealed class EndUnlessRegistered : INoSerializationVerificationNeeded
    {
        private EndUnlessRegistered()
        {
        }

        public static EndUnlessRegistered Instance { get; } = new();
    }

    private readonly OpenSockets _open;

    private Incoming _incoming;

    private Outgoing _outgoing;

    /// <summary>Null where bytes go plainly.</summary>
    private TlsSession? _session;

    /// <summary>Who is told what happens; nobody before <c>Register</c>.</summary>
    private IActorRef _handler = ActorRefs.Nobody;

    /// <summary>Whether a half-close of the peer leaves our direction open.</summary>
    private bool _staysOpen;

    private bool _isOver;

    private Closing _closing;

    private Watchers _watchers;

    private readonly long _number;

    private SocketConnection(Socket socket, ActorPath owner, long number, OpenSockets open)
    {
        Socket = socket;
        Owner = owner;
        _number = number;
        _open = open;
        Bytes = open.BytesOf(this);
        _incoming = new PlainIncoming(this, open.Buffers);
        _outgoing = new PlainOutgoing(this);
    }

    /// <summary>Takes a socket that is connected.</summary>
    /// <param name="socket">From now on the connection's own.</param>
    /// <param name="owner">Where it belongs.</param>
    /// <param name="number">One that no other has there.</param>
    /// <param name="open">Where it belongs until its end.</param>
    /// <exception cref="SocketException">It is gone already, or the system takes no more; it stays the caller's.</exception>
    public static SocketConnection Of(Socket socket, ActorPath owner, long number, OpenSockets open)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            socket.NoDelay = true;
        }

        var connection = new SocketConnection(socket, owner, number, open);
        open.Add(connection);
        return connection;
    }

    /// <summary>Made when it is asked for, which is rare.</summary>
    [field: AllowNull]
    public override ActorPath Path => field ??= Owner / _number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The path above.</summary>
    public ActorPath Owner { get; }

    public override IActorRefProvider Provider => _open.Provider;

    public Socket Socket { get; }

    /// <summary>What is read and written, and waited for.</summary>
    public SocketBytes Bytes { get; }

    public IActorRef Handler => _handler;

    /// <summary>What serialises everything that touches this socket.</summary>
    public object Gate => this;

    public bool IsOver => _isOver;

    /// <inheritdoc cref="TlsBytes.HasReceived"/>
    public bool HasTlsBegun => _session is { Bytes.HasReceived: true };

    /// <summary>For what the kernel reports, before the gate: nobody runs within that, and then null comes.</summary>
    public Turn? BeginTurn() => Monitor.IsEntered(Gate) ? null : Turn.Begin();

    /// <summary>The neighbours in the owner's list: a list without nodes of its own. The owner's alone.</summary>
    public SocketConnection? Previous { get; set; }

    /// <inheritdoc cref="Previous"/>
    public SocketConnection? Next { get; set; }

    /// <summary>Writes, as <c>Tcp.Write</c> does, without a message to carry it.</summary>
    /// <returns>Whether the kernel took all of them at once: then no ack comes.</returns>
    public bool TryWrite(in Outgoing.Item item)
    {
        lock (Gate)
        {
            return !_isOver && !_closing.IsAsked && _outgoing.TryWrite(item);
        }
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        lock (Gate)
        {
            switch (message)
            {
                case Tcp.ResumeReading: _incoming.Resume(); break;
                case Arrival.Done: _incoming.GiveBack(); break;
                case Tcp.Write write: Write(write, sender); break;
                case Tcp.Abort: End(Tcp.Aborted.Instance, isReset: true); break;
                case Tcp.CloseCommand close: CloseWhenWritten(close); break;
                case Tcp.Register register: Register(register); break;
                case StartTls start when !_isOver && _session is null: Secure(start); break;
                case EndUnlessRegistered when _handler.IsNobody(): End(Tcp.Aborted.Instance, isReset: true); break;
            }
        }
    }

    public override void SendSystemMessage(ISystemMessage message)
    {
        lock (Gate)
        {
            switch (message)
            {
                case Watch watch: Add(watch.Watcher); break;
                case Unwatch unwatch: Remove(unwatch.Watcher); break;
            }
        }
    }

    // What its bytes report, outside the gate.

    /// <summary>There may be something to read.</summary>
    public void Readable() => _incoming.GoOn();

    /// <summary>What was left of a write has left.</summary>
    /// <param name="failure">Why it has not, and will not; null if it has.</param>
    public void Sent(string? failure) => _outgoing.Sent(failure);

    /// <summary>Something failed that must not.</summary>
    public void Crash()
    {
        lock (Gate)
        {
            try
            {
                End(Tcp.Aborted.Instance, isReset: true);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // It was the one who is told, who fails at this, too.
                _watchers.TellAll(Terminated);
            }
        }
    }

    // What its parts report, under the gate.

    /// <summary>The peer closed its direction.</summary>
    public void PeerClosed()
    {
        if (_closing.PeerClosed(_staysOpen) is { } how)
        {
            End(how, isReset: false);
        }
        else
        {
            _handler.Tell(Tcp.PeerClosed.Instance, this);
        }
    }

    /// <summary>All that was written has left.</summary>
    public void Written()
    {
        if (_closing.IsDue)
        {
            _outgoing.Finish();
        }
    }

    /// <summary>All that is said to the peer has left.</summary>
    public void Finished()
    {
        if (_closing.ShutDown(Socket) is { } how)
        {
            End(how, isReset: false);
        }
    }

    public void Fail(string reason) => End(new Tcp.ErrorClosed(reason), isReset: false);

    private void Write(Tcp.Write write, IActorRef sender)
    {
        if (TryWrite(new Outgoing.Item(write.Data.ToArray(), write.WantsAck ? write.Ack : null, sender)) && write.WantsAck)
        {
            sender.Tell(write.Ack, this);
        }
    }

    private void Register(Tcp.Register register)
    {
        _handler = register.Handler;
        _staysOpen = register.KeepOpenOnPeerClosed;
        if (_isOver)
        {
            _handler.Tell(Tcp.Aborted.Instance, this);
        }
    }

    /// <summary>Nothing was read or written yet, and from now on all of it goes within TLS.</summary>
    private void Secure(StartTls start)
    {
        _session = new TlsSession(this, _open.Buffers);
        (_incoming, _outgoing) = (new TlsIncoming(this, _session, _open.Buffers), new TlsOutgoing(this, _session));
        _session.Begin(start);
    }

    private void CloseWhenWritten(Tcp.CloseCommand close)
    {
        if (!_isOver && !_closing.IsAsked)
        {
            _closing.Ask(close);
            if (_outgoing.IsEmpty)
            {
                _outgoing.Finish();
            }
        }
    }

    private void End(Tcp.ConnectionClosed how, bool isReset)
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        if (isReset)
        {
            Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        Bytes.Close();
        _outgoing.Clear();
        _session?.End();
        _open.Forget(this);
        _handler.Tell(how, this);
        _watchers.TellAll(Terminated);
    }

    private DeathWatchNotification Terminated => new(this, existenceConfirmed: true, addressTerminated: false);

    private void Add(IInternalActorRef watcher)
    {
        if (_isOver)
        {
            watcher.SendSystemMessage(Terminated);
        }
        else
        {
            _watchers.Add(watcher);
        }
    }

    private void Remove(IInternalActorRef watcher)
    {
        _watchers.Remove(watcher);

        // Who stops watching has dealt with all it was told, or is no more.
        if (watcher.Equals(_handler))
        {
            _incoming.GiveBack();
        }
    }
}
