using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.IO;
using WsActors.Transport.Polling;
using WsActors.Transport.Tls;

namespace WsActors.Transport.Sockets;

/// <summary>
/// A socket as an actor reference without a mailbox: a message is executed at once, on the thread of its sender. It speaks Akka.IO's Tcp
/// messages in pull mode, and lends received bytes (<see cref="LeasedBytes"/>). Owned by its listener until its end. Any thread: its gate
/// serializes the connection's commands and the callbacks of the socket.
/// </summary>
internal sealed class SocketConnection : MinimalActorRef
{
    /// <summary>Resets the socket unless an actor has registered for it: the time to register is over.</summary>
    internal sealed record AbortUnlessRegistered : INoSerializationVerificationNeeded
    {
        private AbortUnlessRegistered()
        {
        }

        public static AbortUnlessRegistered Instance { get; } = new();
    }

    private readonly SocketRegistry _sockets;

    private SocketReceiver _receiver;

    private SocketSender _sender;

    /// <summary>Null without TLS.</summary>
    private TlsSession? _tls;

    /// <summary>The receiver of events; <c>Nobody</c> before <c>Register</c>.</summary>
    private IActorRef _handler = ActorRefs.Nobody;

    /// <summary>Whether a half-close of the peer leaves our direction open.</summary>
    private bool _staysOpen;

    private bool _isClosed;

    private SocketCloseState _closeState;

    private DeathWatchers _deathWatchers;

    private readonly long _number;

    private SocketConnection(Socket socket, ActorPath owner, long number, SocketRegistry open)
    {
        Socket = socket;
        Owner = owner;
        _number = number;
        _sockets = open;
        NonBlockingSocket = open.CreateSocket(this);
        _receiver = new PlainReceiver(this, open.BufferPool);
        _sender = new PlainSender(this);
    }

    /// <summary>Creates the reference of a connected socket.</summary>
    /// <param name="socket">The socket; owned by the reference from now on.</param>
    /// <param name="owner">The path of the owner.</param>
    /// <param name="number">The name below that path; unique there.</param>
    /// <param name="open">The registry of open sockets.</param>
    /// <exception cref="SocketException">The peer has disconnected, or the system takes no more. The caller still owns it.</exception>
    public static SocketConnection Create(Socket socket, ActorPath owner, long number, SocketRegistry open)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            socket.NoDelay = true;
        }

        var connection = new SocketConnection(socket, owner, number, open);
        open.Add(connection);
        return connection;
    }

    /// <summary>The path; created on first use, which is rare.</summary>
    [field: AllowNull]
    public override ActorPath Path => field ??= Owner / _number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The path of the owner.</summary>
    public ActorPath Owner { get; }

    public override IActorRefProvider Provider => _sockets.Provider;

    public Socket Socket { get; }

    /// <summary>The reads and writes of the socket.</summary>
    public NonBlockingSocket NonBlockingSocket { get; }

    public IActorRef Handler => _handler;

    /// <summary>The lock of all state of this socket.</summary>
    public object Gate => this;

    public bool IsClosed => _isClosed;

    /// <inheritdoc cref="TlsSocketStream.HasReceived"/>
    public bool HasTlsBegun => _tls is { SocketStream.HasReceived: true };

    /// <summary>Opens the run queue of a callback, before its gate: mailboxes never run within the gate. Null within it.</summary>
    public RunQueue? TryOpenRunQueue() => Monitor.IsEntered(Gate) ? null : RunQueue.TryOpen();

    /// <summary>The neighbour in the owner's intrusive list. Used by the owner alone.</summary>
    public SocketConnection? Previous { get; set; }

    /// <inheritdoc cref="Previous"/>
    public SocketConnection? Next { get; set; }

    /// <summary>Writes, as <c>Tcp.Write</c> does, without a message.</summary>
    /// <returns>True when the kernel took all bytes at once: then no ack follows.</returns>
    public bool TryWrite(in SocketSender.PendingWrite pendingWrite)
    {
        lock (Gate)
        {
            return !_isClosed && !_closeState.IsRequested && _sender.TryWrite(pendingWrite);
        }
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        lock (Gate)
        {
            switch (message)
            {
                case Tcp.ResumeReading: _receiver.Resume(); break;
                case LeasedBytes.ReturnLease: _receiver.ReturnBytes(); break;
                case Tcp.Write write: Write(write, sender); break;
                case Tcp.Abort: Close(Tcp.Aborted.Instance, isReset: true); break;
                case Tcp.CloseCommand close: CloseWhenWritten(close); break;
                case Tcp.Register register: Register(register); break;
                case StartTls start when !_isClosed && _tls is null: Secure(start); break;
                case AbortUnlessRegistered when _handler.IsNobody(): Close(Tcp.Aborted.Instance, isReset: true); break;
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

    // Callbacks of the socket, outside the gate.

    /// <summary>A read may find bytes.</summary>
    public void OnReadable() => _receiver.OnReadable();

    /// <summary>The rest of a write was sent, or failed.</summary>
    /// <param name="failure">The failure in one line; null when it was sent.</param>
    public void OnSent(string? failure) => _sender.OnSent(failure);

    /// <summary>A callback threw: resets the socket.</summary>
    public void Crash()
    {
        lock (Gate)
        {
            try
            {
                Close(Tcp.Aborted.Instance, isReset: true);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The handler's mailbox threw, and throws at this message, too.
                _deathWatchers.TellAll(Terminated);
            }
        }
    }

    // Reports of its parts, within the gate.

    /// <summary>The peer closed its direction.</summary>
    public void OnPeerClosed()
    {
        if (_closeState.OnPeerClosed(_staysOpen) is { } how)
        {
            Close(how, isReset: false);
        }
        else
        {
            _handler.Tell(Tcp.PeerClosed.Instance, this);
        }
    }

    /// <summary>All writes were sent.</summary>
    public void OnAllWritten()
    {
        if (_closeState.IsDue)
        {
            _sender.Complete();
        }
    }

    /// <summary>All writes were sent, and close_notify with TLS.</summary>
    public void OnSendCompleted()
    {
        if (_closeState.ShutDown(Socket) is { } how)
        {
            Close(how, isReset: false);
        }
    }

    public void Fail(string reason) => Close(new Tcp.ErrorClosed(reason), isReset: false);

    private void Write(Tcp.Write write, IActorRef sender)
    {
        if (TryWrite(new SocketSender.PendingWrite(write.Data.ToArray(), write.WantsAck ? write.Ack : null, sender)) && write.WantsAck)
        {
            sender.Tell(write.Ack, this);
        }
    }

    private void Register(Tcp.Register register)
    {
        _handler = register.Handler;
        _staysOpen = register.KeepOpenOnPeerClosed;
        if (_isClosed)
        {
            _handler.Tell(Tcp.Aborted.Instance, this);
        }
    }

    /// <summary>Starts TLS, before any read or write.</summary>
    private void Secure(StartTls start)
    {
        _tls = new TlsSession(this, _sockets.BufferPool);
        (_receiver, _sender) = (new TlsReceiver(this, _tls, _sockets.BufferPool), new TlsSender(this, _tls));
        _tls.Start(start);
    }

    private void CloseWhenWritten(Tcp.CloseCommand close)
    {
        if (!_isClosed && !_closeState.IsRequested)
        {
            _closeState.Request(close);
            if (_sender.IsEmpty)
            {
                _sender.Complete();
            }
        }
    }

    private void Close(Tcp.ConnectionClosed how, bool isReset)
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        if (isReset)
        {
            Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        NonBlockingSocket.Close();
        _sender.Clear();
        _tls?.Close();
        _sockets.Remove(this);
        _handler.Tell(how, this);
        _deathWatchers.TellAll(Terminated);
    }

    private DeathWatchNotification Terminated => new(this, existenceConfirmed: true, addressTerminated: false);

    private void Add(IInternalActorRef watcher)
    {
        if (_isClosed)
        {
            watcher.SendSystemMessage(Terminated);
        }
        else
        {
            _deathWatchers.Add(watcher);
        }
    }

    private void Remove(IInternalActorRef watcher)
    {
        _deathWatchers.Remove(watcher);

        // An actor that stops watching has handled all messages, or has stopped.
        if (watcher.Equals(_handler))
        {
            _receiver.ReturnBytes();
        }
    }
}
