using Akka.Actor;
using WsActors.Messages;
using WsActors.Protocol;
using WsActors.Sessions.Subprotocol;
using WsActors.Tracing;

namespace WsActors.Sessions;

/// <summary>
/// The open state of a link: forwards the client's messages to the session within the session's window, and its acknowledgements. It probes
/// a session on another node, where a message may be lost. Part of its actor.
/// </summary>
internal sealed class OpenSessionLink
{
    /// <summary>The time in which another node must answer.</summary>
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(5);

    private readonly SessionLinkActor _link;

    private readonly IActorRef _session;

    /// <summary>Whether the client speaks a version with pings.</summary>
    private readonly bool _hasPings;

    /// <summary>Takes the client's messages; while it is full, the client is not read.</summary>
    private readonly ReliableReceiver _receiver;

    /// <summary>The last of the session's messages that the client has acknowledged.</summary>
    private long _acknowledged;

    /// <summary>Whether the session has answered since the last probe.</summary>
    private bool _isHeard;

    /// <summary>The next check whether the client is still not read; null while it is read.</summary>
    private ICancelable? _roomCheck;

    /// <param name="link">The actor.</param>
    /// <param name="session">The session, which the actor watches.</param>
    /// <param name="hasPings">Whether the client speaks a version with pings.</param>
    /// <param name="receiver">The client's messages that the session has, and those of them that it has handled.</param>
    /// <param name="acknowledged">The last of the session's messages that the client has acknowledged.</param>
    public OpenSessionLink(SessionLinkActor link, IActorRef session, bool hasPings, ReliableReceiver receiver, long acknowledged)
    {
        (_link, _session, _hasPings, _receiver, _acknowledged) = (link, session, hasPings, receiver, acknowledged);
        link.Become(Open);
        if (_receiver.Unacknowledged > 0)
        {
            StartProbing();
        }

        AskForMore();
    }

    /// <summary>The authentication of the connection expires soon.</summary>
    public void Forward(Ws.Expiring expiring) => Tell(new SessionMessages.Expiring(_link.Connection, expiring.ExpiresAt));

    /// <summary>The actor stops.</summary>
    public void Stop() => _roomCheck?.Cancel();

    private void Open(object message)
    {
        switch (message)
        {
            case Ws.Received received: Read(received); break;
            case SessionMessages.Handled handled: OnHandled(handled.Offset); break;
            case Ws.Expiring expiring: Forward(expiring); break;
            case Ws.Closed closed:
                Tell(new SessionMessages.ConnectionClosed(_link.Connection, closed));
                _link.Become(_link.HandleDefault);
                break;
            case Terminated: _link.Close(SessionLinkActor.Reconnect); break;
            case SessionLinkActor.Overdue { For: SessionLinkActor.Wait.Probe }: Probe(); break;
            case SessionLinkActor.Overdue { For: SessionLinkActor.Wait.Room }: CheckRoom(); break;
            default: _link.HandleDefault(message); break;
        }
    }

    // The client.

    private void Read(Ws.Received received)
    {
        _link.OnDemandMet();
        if (!SessionFrameReader.TryRead(Role.Client, received.Kind, received.Payload, out var frame, out var violation))
        {
            Break(violation.Reason);
            return;
        }

        switch (frame.Kind)
        {
            case SessionFrameKind.Message when _receiver.TryTake(frame.Offset, frame.Payload.Length, out var isNext):
                if (isNext)
                {
                    Forward(frame, received);
                }

                break;
            case SessionFrameKind.Message:
                Break(SessionProtocol.Gap.Reason);
                return;
            case SessionFrameKind.Ack when frame.Offset > _acknowledged:
                _acknowledged = frame.Offset;
                Tell(new SessionMessages.Acknowledged(_link.Connection, frame.Offset));
                break;
            case SessionFrameKind.Ack: break; // Nothing new.
            case SessionFrameKind.Ping or SessionFrameKind.Pong when !_hasPings:
                Break(SessionProtocol.NoPings.Reason);
                return;
            case SessionFrameKind.Ping: Send(SessionFrameWriter.Pong()); break;
            case SessionFrameKind.Pong: break;
            default:
                Break("a hello is the first frame alone");
                return;
        }

        AskForMore();
    }

    private void AskForMore()
    {
        if (!_receiver.IsFull)
        {
            _link.AskForMore();
        }
        else if (_hasPings)
        {
            _roomCheck ??= _link.TellSelf(SessionProtocol.PingInterval, SessionLinkActor.Wait.Room);
        }
    }

    /// <summary>
    /// Pings the client while the receiver is full: the client's own ping lies unread behind its messages, and this one shows that the
    /// server is alive.
    /// </summary>
    private void CheckRoom()
    {
        _roomCheck = null;
        if (_receiver.IsFull)
        {
            Send(SessionFrameWriter.Ping());
            AskForMore();
        }
    }

    private void Send(ReadOnlyMemory<byte> frame) => _link.TellConnection(SessionFrameWriter.SendOf(frame));

    private void Break(string rule) => Detach(new Ws.Close(SessionProtocol.BrokenCode, rule));

    // The session.

    private void Forward(in SessionFrame frame, Ws.Received received)
    {
        var message = new SessionMessages.MessageReceived(_link.Connection, frame.Offset, frame.MessageKind, frame.Payload);
        TraceContexts.Copy(received, message);
        Tell(message);
        if (_receiver.Unacknowledged == 1)
        {
            StartProbing();
        }
    }

    /// <summary>The session has handled messages: as many more may be read.</summary>
    private void OnHandled(long handled)
    {
        _isHeard = true;
        _receiver.Acknowledge(handled);
        AskForMore();
    }

    /// <summary>Starts to probe a session on another node; within one node no message is lost.</summary>
    private void StartProbing()
    {
        if (!_session.Path.Address.HasLocalScope)
        {
            _isHeard = true;
            _link.Await(ProbeInterval, SessionLinkActor.Wait.Probe);
        }
    }

    /// <summary>
    /// Probes a session on another node while messages to it are unhandled. A probe without an answer means that they are lost.
    /// </summary>
    private void Probe()
    {
        if (_receiver.Unacknowledged == 0)
        {
            return;
        }

        if (!_isHeard)
        {
            Detach(SessionLinkActor.Reconnect);
            return;
        }

        _isHeard = false;
        Tell(new SessionMessages.Probe(_link.Connection, _receiver.Last));
        _link.Await(ProbeInterval, SessionLinkActor.Wait.Probe);
    }

    /// <summary>Closes the connection, and detaches it from the session at once, without waiting for the peer's close.</summary>
    private void Detach(Ws.Close close)
    {
        _link.Close(close);
        var closed = new Ws.Closed
        {
            Connection = _link.Connection,
            Code = close.Code,
            Reason = close.Reason,
            By = Ws.Side.Local,
            WasClean = false,
            Duration = TimeSpan.Zero,
            BytesReceived = 0,
            BytesSent = 0,
        };
        Tell(new SessionMessages.ConnectionClosed(_link.Connection, closed));
    }

    private void Tell(object message) => _link.Tell(_session, message);
}
