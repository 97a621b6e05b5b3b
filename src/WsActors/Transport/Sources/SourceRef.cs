using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.IO;
using WsActors.Transport.Polling;

namespace WsActors.Transport.Sources;

/// <summary>
/// A byte source of one connection as an actor reference without a mailbox: a message is executed at once, on the thread of its sender. It
/// speaks Akka.IO's Tcp messages in pull mode, and lends received bytes (<see cref="LeasedBytes"/>). Any thread: its gate serializes the
/// connection's commands and the callbacks of the transport.
/// </summary>
internal abstract class SourceRef : MinimalActorRef
{
    private SourceReceiver _receiver = null!; // Set by SetParts, which each constructor calls.

    private SourceSender _sender = null!;

    /// <summary>The receiver of events; <c>Nobody</c> before <c>Register</c>.</summary>
    private IActorRef _handler = ActorRefs.Nobody;

    /// <summary>Whether a half-close of the peer leaves our direction open.</summary>
    private bool _staysOpen;

    private bool _isClosed;

    private SourceCloseState _closeState;

    private DeathWatchers _deathWatchers;

    public IActorRef Handler => _handler;

    /// <summary>The lock of all state of this source.</summary>
    public object Gate => this;

    public bool IsClosed => _isClosed;

    protected SourceReceiver Receiver => _receiver;

    protected SourceSender Sender => _sender;

    /// <summary>Opens the run queue of a callback, before its gate: mailboxes never run within the gate. Null within it.</summary>
    /// <param name="takesHandler">As in <see cref="RunQueue.TryOpen"/>.</param>
    public RunQueue? TryOpenRunQueue(bool takesHandler = false) => Monitor.IsEntered(Gate) ? null : RunQueue.TryOpen(takesHandler);

    /// <summary>Writes, as <c>Tcp.Write</c> does, without a message.</summary>
    /// <returns>True when the transport took all bytes at once: then no ack follows.</returns>
    public bool TryWrite(in SourceSender.PendingWrite pendingWrite)
    {
        lock (Gate)
        {
            return !_isClosed && !_closeState.IsRequested && _sender.TryWrite(pendingWrite);
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
                default: HandleOther(message); break;
            }
        }
    }

    /// <summary>Handles a message that not every source takes. Within the gate.</summary>
    protected virtual void HandleOther(object message)
    {
    }

    /// <summary>Sets the parts that read and write. Within the gate, before the first read and write.</summary>
    protected void SetParts(SourceReceiver receiver, SourceSender sender) => (_receiver, _sender) = (receiver, sender);

    /// <summary>Ends the source for good, after its state is closed and before its handler is told. Within the gate.</summary>
    /// <param name="isReset">Whether the peer is to see a reset.</param>
    protected abstract void Release(bool isReset);

    /// <summary>Closes our direction, and leaves the peer's open.</summary>
    /// <returns>False when the transport cannot do that.</returns>
    protected abstract bool TryShutDownSend();

    /// <summary>Closes both directions of a source that is about to end.</summary>
    protected virtual void ShutDownBoth()
    {
    }

    /// <summary>A callback threw: resets the source.</summary>
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

    /// <summary>All writes were sent, and all that follows them, such as TLS's close_notify.</summary>
    public void OnSendCompleted()
    {
        if (_closeState.WantsHalfClose && TryShutDownSend())
        {
            _closeState.OnSendShutDown();
        }
        else
        {
            ShutDownBoth();
            Close(_closeState.End, isReset: false);
        }
    }

    public void Fail(string reason) => Close(new Tcp.ErrorClosed(reason), isReset: false);

    protected void Close(Tcp.ConnectionClosed how, bool isReset)
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        Release(isReset);
        _handler.Tell(how, this);
        _deathWatchers.TellAll(Terminated);
    }

    private DeathWatchNotification Terminated => new(this, existenceConfirmed: true, addressTerminated: false);

    private void Write(Tcp.Write write, IActorRef sender)
    {
        if (TryWrite(new SourceSender.PendingWrite(write.Data.ToArray(), write.WantsAck ? write.Ack : null, sender)) && write.WantsAck)
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
