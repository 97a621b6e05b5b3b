using System.Buffers;
using System.Diagnostics;
using Akka.Actor;
using Akka.IO;
using WsActors.Connection;
using WsActors.Metrics;
using WsActors.Protocol;
using WsActors.Protocol.Handshake;
using WsActors.Runtime;
using WsActors.Sessions.Subprotocol;
using WsActors.Tracing;
using WsActors.Transport;
using WsActors.Transport.Tls;

namespace WsActors.Client;

/// <summary>
/// The opening handshake of a client's connection: gets its credentials, dials, starts TLS, sends the request, and checks the response.
/// Each wait has a deadline. The connection's parent is told the outcome once. Part of the connection's actor.
/// </summary>
internal sealed class ClientOpeningHandshake(ConnectionActor connection, DialedConnection dialedConnection)
{
    public const string ClosedEarly = "it was closed before it opened";

    private string NoAnswer => _client.Tls is null
        ? "the server closed the connection without a response; check whether it is a WebSocket server, without TLS"
        : "the server closed the connection without a response; check whether it is a WebSocket server, "
            + "and whether it requires another client certificate";

    private static readonly RequestLimits NoLimits = new()
    {
        MaxRequestLineBytes = int.MaxValue,
        MaxHeaderBytes = int.MaxValue,
        MaxHeaders = int.MaxValue,
    };

    private readonly ClientEndpointContext _client = dialedConnection.Client;

    private Ws.Credentials _credentials = new();

    private ClientHandshake _handshake = dialedConnection.Client.NewHandshake(new Ws.Credentials());

    private IReadOnlyList<string> _subprotocols = dialedConnection.Client.Asked.Subprotocols;

    private ResponseParser _parser = new(dialedConnection.Client.RequestLimits);

    /// <summary>Null before the server's socket is connected, and without a listener.</summary>
    private HandshakeTimer? _timer;

    /// <summary>The span of the handshake; null before the request, and where it is not sampled.</summary>
    private Activity? _span;

    public void Start()
    {
        if (dialedConnection.Handler is { } handler)
        {
            connection.PrepareFor(handler);
        }
        else
        {
            connection.PrepareFor(_client.Asked.HandlerProps!);
        }

        if (_client.Asked.GetCredentials is { } provider)
        {
            new CredentialsCall(connection, _client).Ask(provider, Dial, FailDial);
        }
        else
        {
            Dial();
        }
    }

    private void Dial(Ws.Credentials credentials)
    {
        try
        {
            _handshake = _client.NewHandshake(credentials);
            _credentials = credentials;
            _subprotocols = [.. _client.Asked.Subprotocols, .. credentials.Subprotocols];
        }
        catch (ArgumentException)
        {
            FailDial("its credentials do not fit a request; each subprotocol must be a token, and be named once");
            return;
        }

        Dial();
    }

    private void Dial()
    {
        var dial = connection.StartChild(DialActor.PropsFor(_client), DialActor.Name);
        connection.Become(message => Dialing(message, dial));
    }

    private void Dialing(object message, IActorRef dial)
    {
        switch (message)
        {
            case Tcp.Connected connected: OnSocketConnected(connected, dial); break;
            case DialActor.Failed failed: FailDial(failed.Cause); break;
            case Ws.Close or ConnectionActor.Abort: FailDial(ClosedEarly); break;
            case ChildStoppedSupervisorStrategy.ChildStopped: FailDial("the dial failed with an exception; see the log"); break;
            default: connection.HandleDefault(message); break;
        }
    }

    private void OnSocketConnected(Tcp.Connected connected, IActorRef dial)
    {
        _timer = HandshakeTimer.Start(_client.MetricsFor(_client.Asked.Name));
        var end = connection.Now + _client.Options.Handshake.Timeout;
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
                TellFailure("the server closed the connection during the TLS handshake; check whether it speaks TLS on that port");
                connection.HandleDefault(message);
                break;
            case Ws.Close or ConnectionActor.Abort: Abort(ClosedEarly); break;
            case WakeUpTime.Tick when connection.IsPastDeadline:
                Abort("the TLS handshake did not complete in time; check whether the server speaks TLS on that port");
                break;
            default: connection.HandleDefault(message); break;
        }
    }

    private void Request(Tcp.Connected connected, TimeSpan end)
    {
        Trace();
        var bytes = new ArrayBufferWriter<byte>();
        _handshake.WriteRequest(bytes);
        connection.Transport.SendQueue.Head.Write(bytes.WrittenSpan);
        var asked = Describe(bytes.WrittenSpan, connected);
        connection.BecomeUntil(end, message => AwaitingResponse(message, asked));
        connection.Transport.Flush();
    }

    /// <summary>
    /// Continues the trace in which the client was created, or starts one: the request carries it. An attempt long after the first is not
    /// in that trace.
    /// </summary>
    private void Trace()
    {
        var context = TraceContexts.Of(_client.Asked);
        if (Tracer.IsOn)
        {
            var attributes = _client.MetricsFor(_client.Asked.Name).Attributes;
            _span = HandshakeSpan.Start(ActivityKind.Client, "GET", route: null, attributes, context);
            context = _span is null ? context : _span.Context;
        }

        if (context.IsSampled())
        {
            _handshake = _client.NewHandshake(_credentials, context);
        }
    }

    /// <summary>The request in the form that handlers of either end receive.</summary>
    private UpgradeRequest Describe(ReadOnlySpan<byte> request, Tcp.Connected connected)
    {
        var http = new RequestParser(NoLimits).TryRead(ref request, out var fact) ? fact as RequestHead : null;
        return new UpgradeRequest(
            http ?? throw new InvalidOperationException("The client wrote a request that the server's parser rejects."),
            _client.Asked.Name,
            new Dictionary<string, string>(),
            _subprotocols,
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
            case WakeUpTime.Tick when connection.IsPastDeadline:
                FailHandshake("the server did not respond in time; it may be overloaded, or not a WebSocket server");
                break;
            default: connection.HandleDefault(message); break;
        }
    }

    private void Read(ReadOnlySpan<byte> bytes, UpgradeRequest asked)
    {
        while (_parser.TryRead(ref bytes, out var fact))
        {
            switch (fact)
            {
                // RFC 9110 §15.2: any number of interim responses may precede the final one.
                case ResponseHead { Status: >= 100 and <= 199 and not 101 }: _parser = new(_client.RequestLimits); break;
                case ResponseHead head: Check(head, asked, early: bytes.ToArray()); return;
                case BadResponse bad: FailHandshake($"the response cannot be parsed: {Inline(bad.Reason)}", isFinal: true); return;
            }
        }

        connection.Transport.RequestRead();
    }

    /// <param name="head">The response.</param>
    /// <param name="asked">The request.</param>
    /// <param name="early">The bytes behind the response: frames, if it is an upgrade.</param>
    private void Check(ResponseHead head, UpgradeRequest asked, byte[] early)
    {
        if (!_handshake.Check(head, out var agreement, out var failure))
        {
            FailHandshake(Inline(failure) + ServerRefusal.Cure(head.Status), _client.IsFinal(head.Status), head);
        }
        else if (_client.Options.Session.Enabled && !SessionProtocol.Versions.Contains(agreement.Subprotocol))
        {
            connection.Transport.SendQueue.AppendClose(CloseCode.Normal, "");
            FailHandshake("that route of the server has no sessions; enable them there, or disable client.session", isFinal: true, head);
        }
        else
        {
            Open(head, agreement, asked, early);
        }
    }

    private void Open(ResponseHead head, ClientAgreement agreement, UpgradeRequest asked, byte[] early)
    {
        var opened = new Ws.Opened
        {
            Connection = connection.Ref,
            Request = asked,
            Subprotocol = agreement.Subprotocol,
            Response = head,
        };
        IActorRef handler;
        try
        {
            handler = dialedConnection.Handler ?? connection.StartHandler(_client.Asked.HandlerProps!);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _client.Failures.Write($"{_client.Name}: the start of the handler of {asked.Route}", null, e);
            connection.Transport.SendQueue.AppendClose(CloseCode.InternalError, "the handler failed");
            FailHandshake("its handler could not be created; see the log", isFinal: true);
            return;
        }

        var descriptor = _client.DescribeHandler(handler, isOwned: dialedConnection.Handler is null);
        _timer?.Complete(head.Status);
        HandshakeTrace.Complete(_span, connection, head.Status);
        new OpenConnection(connection, descriptor, _client.MetricsFor(_client.Asked.Name), agreement.Compression).Start(opened, early);
        connection.TellParent(new Ws.Connected { Uri = _client.Asked.Uri, Connection = connection.Ref });
    }

    /// <summary>Stops at once: there is no socket to close.</summary>
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

    private void TellFailure(string cause, bool isFinal = false, ResponseHead? answer = null)
    {
        var error = answer switch { null => "no_response", { Status: 101 } => "invalid_response", _ => null };
        _timer?.Fail(answer?.Status, error);
        HandshakeSpan.Fail(_span, answer?.Status, error);
        connection.TellParent(_client.Failed(cause, isFinal, answer));
    }

    /// <summary>A sentence in the form of the rest of another.</summary>
    private static string Inline(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..].TrimEnd('.');
}
