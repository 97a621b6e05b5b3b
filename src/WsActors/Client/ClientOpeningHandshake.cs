using System.Buffers;
using Akka.Actor;
using Akka.IO;
using WsActors.Connection;
using WsActors.Protocol;
using WsActors.Protocol.Handshake;
using WsActors.Runtime;
using WsActors.Sessions.Subprotocol;
using WsActors.Transport;
using WsActors.Transport.Tls;

namespace WsActors.Client;

/// <summary>
/// What happens on a client's connection before it is a WebSocket: it dials, asks, and looks closely at the answer. Each wait has a
/// deadline; how it went is told once, to the connection's parent. Part of its actor.
/// </summary>
internal sealed class ClientOpeningHandshake(ConnectionActor connection, DialedConnection dialedConnection)
{
    public const string ClosedEarly = "it was closed before it was open";

    private string NoAnswer => _client.Tls is null
        ? "the server ended the connection without an answer; see whether it is a WebSocket server, without TLS"
        : "the server ended the connection without an answer; see whether it is a WebSocket server, and whether it wants another certificate of us";

    private static readonly RequestLimits NoLimits = new(int.MaxValue, int.MaxValue, int.MaxValue);

    private readonly ClientEndpointContext _client = dialedConnection.Client;

    private readonly ClientHandshake _handshake = dialedConnection.Client.NewHandshake();

    private ResponseParser _parser = new(dialedConnection.Client.Options.Request);

    public void Start()
    {
        var dial = connection.StartChild(DialActor.PropsFor(_client), DialActor.Name);
        connection.Become(message => Dialling(message, dial));
    }

    private void Dialling(object message, IActorRef dial)
    {
        switch (message)
        {
            case Tcp.Connected connected: OnSocketConnected(connected, dial); break;
            case DialActor.Failed failed: FailDial(failed.Cause); break;
            case Ws.Close or ConnectionActor.Abort: FailDial(ClosedEarly); break;
            case ChildStoppedSupervisorStrategy.ChildStopped: FailDial("the dial failed by itself, and the log says why"); break;
            default: connection.HandleDefault(message); break;
        }
    }

    private void OnSocketConnected(Tcp.Connected connected, IActorRef dial)
    {
        var end = connection.Now + _client.Options.HandshakeTimeout;
        connection.BecomeUntil(end, message => Securing(message, connected, end));
        connection.AttachSource(connection.CurrentSender, _client.Tls);

        connection.TellAsSelf(dial, DialActor.Registered.Instance);
        if (_client.Tls is null)
        {
            Request(connected, end);
        }
    }

    private void Securing(object message, Tcp.Connected connected, TimeSpan end)
    {
        switch (message)
        {
            case TlsStarted:
                Request(connected, end);
                connection.Transport.RequestRead();
                break;
            case TlsFailed failed: Abort(failed.Reason, failed.IsFinal); break;
            case Tcp.ConnectionClosed or Terminated:
                TellFailure("the server ended the connection before TLS began; see whether it speaks TLS at that port");
                connection.HandleDefault(message);
                break;
            case Ws.Close or ConnectionActor.Abort: Abort(ClosedEarly); break;
            case WakeUpTime.Tick when connection.IsPastDeadline: Abort("TLS did not begin in time; see whether the server speaks TLS at that port"); break;
            default: connection.HandleDefault(message); break;
        }
    }

    private void Request(Tcp.Connected connected, TimeSpan end)
    {
        var bytes = new ArrayBufferWriter<byte>();
        _handshake.WriteRequest(bytes);
        connection.Transport.SendQueue.Head.Write(bytes.WrittenSpan);
        var asked = Describe(bytes.WrittenSpan, connected);
        connection.BecomeUntil(end, message => AwaitingResponse(message, asked));
        connection.Transport.Flush();
    }

    /// <summary>The request as handlers of either end know it.</summary>
    private UpgradeRequest Describe(ReadOnlySpan<byte> request, Tcp.Connected connected)
    {
        var http = new RequestParser(NoLimits).TryRead(ref request, out var fact) ? fact as RequestHead : null;
        return new UpgradeRequest(
            http ?? throw new InvalidOperationException("The client wrote a request that a server would not take."),
            _client.Asked.Name,
            new Dictionary<string, string>(),
            _client.Asked.Subprotocols,
            PeerAddress.FromEndPoint(connected.LocalAddress),
            _client.Server.Origin);
    }

    private void AwaitingResponse(object message, UpgradeRequest asked)
    {
        switch (message)
        {
            case Tcp.Received or LeasedBytes: Read(connection.Transport.BytesOf(message), asked); break;
            case Tcp.PeerClosed: FailHandshake(NoAnswer); break;
            case Tcp.ConnectionClosed or Terminated or Tcp.CommandFailed:
                TellFailure(NoAnswer);
                connection.HandleDefault(message);
                break;
            case Ws.Close or ConnectionActor.Abort: FailHandshake(ClosedEarly); break;
            case WakeUpTime.Tick when connection.IsPastDeadline: FailHandshake("the server did not answer in time; it may be overloaded, or no WebSocket server"); break;
            default: connection.HandleDefault(message); break;
        }
    }

    private void Read(ReadOnlySpan<byte> bytes, UpgradeRequest asked)
    {
        while (_parser.TryRead(ref bytes, out var fact))
        {
            switch (fact)
            {
                // RFC 9110 §15.2: any number of interim answers may come before the one that counts.
                case ResponseHead { Status: >= 100 and <= 199 and not 101 }: _parser = new(_client.Options.Request); break;
                case ResponseHead head: Judge(head, asked, early: bytes.ToArray()); return;
                case BadResponse bad: FailHandshake($"the answer cannot be read: {Inline(bad.Reason)}", isFinal: true); return;
            }
        }

        connection.Transport.RequestRead();
    }

    /// <param name="head">The answer.</param>
    /// <param name="asked">What it answers.</param>
    /// <param name="early">What came behind it: frames, if it is an upgrade.</param>
    private void Judge(ResponseHead head, UpgradeRequest asked, byte[] early)
    {
        if (!_handshake.Check(head, out var agreement, out var failure))
        {
            FailHandshake(Inline(failure) + ServerRefusal.Cure(head.Status), ServerRefusal.IsFinal(head.Status), head);
        }
        else if (_client.Client.KeepsSession && agreement.Subprotocol is not (SessionProtocol.V1 or SessionProtocol.V2))
        {
            connection.Transport.SendQueue.AppendClose(CloseCode.Normal, "");
            FailHandshake("the server has no sessions there; switch them on for its route, or client.session off", isFinal: true, head);
        }
        else
        {
            Open(head, agreement, asked, early);
        }
    }

    private void Open(ResponseHead head, ClientAgreement agreement, UpgradeRequest asked, byte[] early)
    {
        var opened = new Ws.Opened(connection.Ref, asked, agreement.Subprotocol, null, new Dictionary<string, string>()) { Response = head };
        IActorRef handler;
        try
        {
            handler = dialedConnection.Handler ?? connection.StartHandler(_client.Asked.HandlerProps!);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _client.Failures.Write($"{_client.Name}: the start of the handler of {asked.Route}", null, e);
            connection.Transport.SendQueue.AppendClose(CloseCode.InternalError, "the handler failed");
            FailHandshake("its handler could not be made, and the log says why", isFinal: true);
            return;
        }

        new OpenConnection(connection, _client.DescribeHandler(handler, isOwned: dialedConnection.Handler is null), agreement.Compression).Start(opened, early);
        connection.TellParent(new Ws.Connected(_client.Asked.Uri, connection.Ref));
    }

    /// <summary>There is no socket: nothing is left to wait for.</summary>
    private void FailDial(string cause)
    {
        TellFailure(cause);
        connection.Stop();
    }

    private void Abort(string cause, bool isFinal = false)
    {
        TellFailure(cause, isFinal);
        connection.ClosingHandshake.Abort(null);
    }

    private void FailHandshake(string cause, bool isFinal = false, ResponseHead? answer = null)
    {
        TellFailure(cause, isFinal, answer);
        connection.ClosingHandshake.StartSocketClose(null);
    }

    private void TellFailure(string cause, bool isFinal = false, ResponseHead? answer = null) =>
        connection.TellParent(_client.Failed(cause, isFinal, answer));

    /// <summary>A sentence as the rest of another.</summary>
    private static string Inline(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..].TrimEnd('.');
}
