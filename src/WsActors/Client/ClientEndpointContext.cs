using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Akka.Configuration;
using Akka.IO;
using WsActors.Connection;
using WsActors.Handlers;
using WsActors.Metrics;
using WsActors.Protocol.Handshake;
using WsActors.Runtime;
using WsActors.Sessions.Subprotocol;
using WsActors.Tracing;
using WsActors.Transport;
using WsActors.Transport.Tls;

namespace WsActors.Client;

/// <summary>The context of a client's connection: the address, the request, and the parts that every endpoint has. Any thread.</summary>
internal sealed class ClientEndpointContext : EndpointContext
{
    private readonly ActorSystem _system;

    private readonly ByteSources _sources;

    private readonly IActorRef _defaultSource;

    /// <exception cref="ConfigurationException">An option or the URI is not usable.</exception>
    /// <exception cref="ArgumentException">A subprotocol is not fit for the wire.</exception>
    public ClientEndpointContext(Ws.Connect asked, ClientOptions options, ActorSystem system, SystemContext systemContext)
        : base("client", systemContext.Checked(options, ForSession), new HandshakeCounters(), systemContext)
    {
        if (options.Session.Enabled && asked.MaxChunkBytes is not null)
        {
            throw new ConfigurationException("A session delivers whole messages; leave out MaxChunkBytes.");
        }

        Asked = asked;
        Server = ServerAddress.Parse(asked.Uri);
        Address = EndpointAddress.FromEndPoint(Server.TlsHost is null ? "ws" : "wss", Server.EndPoint);
        Tls = Server.TlsHost is { } host ? new ClientTls(Options.Tls, host) : null;
        Jitter = systemContext.Jitter;
        (_system, _sources, _defaultSource) = (system, systemContext.Sources, systemContext.Source);
        NewHandshake(new Ws.Credentials());
    }

    public Ws.Connect Asked { get; }

    /// <summary>The byte source. TLS and Unix sockets need the socket source, unless <c>Ws.Connect</c> names a source.</summary>
    public IActorRef Source => Asked.Source ?? (Server.NeedsSockets ? _sources.Sockets : _defaultSource);

    /// <summary>Whether the byte source is the socket source of this library.</summary>
    public bool UsesSocketSource => Server.NeedsSockets || _sources.AreSockets(Source);

    public new ClientOptions Options => (ClientOptions)base.Options;

    public ServerAddress Server { get; }

    /// <inheritdoc/>
    public override EndpointAddress Address { get; }

    /// <inheritdoc/>
    protected override string RouteAttribute => "wsactors.client.name";

    /// <summary>Null for a connection without TLS.</summary>
    public ClientTls? Tls { get; }

    public Jitter Jitter { get; }

    /// <summary>
    /// The name whose addresses are dialed. Null for a single address, and for a given source, which receives the name itself.
    /// </summary>
    public DnsEndPoint? NameToLookUp => Asked.Source is null || Asked.LookUp is not null ? Server.EndPoint as DnsEndPoint : null;

    /// <summary>The addresses of a name. An invalid name fails the task, too.</summary>
    public async Task<IPAddress[]> LookUpAsync(string name, CancellationToken cancellation) =>
        await (Asked.LookUp ?? System.Net.Dns.GetHostAddressesAsync)(name, cancellation).ConfigureAwait(false);

    /// <summary>
    /// The connect command for the byte source. Both have the same timeout: the source must not keep a socket that is not awaited any more.
    /// The send queue of the connection bounds the queued bytes, so the source's own limit is off.
    /// </summary>
    /// <param name="address">The address to dial.</param>
    /// <param name="attempt">Cancels the attempt before the timeout.</param>
    public Tcp.Connect ToTcp(EndPoint address, ConnectAttempt attempt) =>
        new(address, options: [attempt], timeout: Options.ConnectTimeout, pullMode: true)
        {
            TcpSettings = TcpSettings.Create(_system) with { WriteCommandsQueueMaxSize = -1 },
        };

    /// <summary>Whether the handler receives messages by demand.</summary>
    public bool IsPulled => Asked.Pull || HandlerProps.IsWebSocketHandler(Asked.HandlerProps);

    /// <summary>The descriptor of the handler; in a session, that of the session's handler.</summary>
    public HandlerDescriptor DescribeHandler(IActorRef handler, bool isOwned) => new(handler, isOwned, Asked.Name)
    {
        // A handler that was created for its client may stop when its work is done, under any parent.
        MayStop = Asked.HandlerProps is not null && !Options.Session.Enabled,
        IsPulled = IsPulled || Options.Session.Enabled,
        EndsSpans = HandlerProps.IsWebSocketHandler(Asked.HandlerProps) && !Options.Session.Enabled,
        IsSession = Options.Session.Enabled,
        MaxChunkBytes = Asked.MaxChunkBytes,
    };

    /// <summary>A new handshake for each dial: a key must not be used twice (RFC 6455 §4.1).</summary>
    /// <param name="credentials">The credentials of this attempt.</param>
    /// <param name="trace">The context for the headers of Trace Context; the default for none.</param>
    /// <exception cref="ArgumentException">A subprotocol is not fit for the wire.</exception>
    public ClientHandshake NewHandshake(Ws.Credentials credentials, ActivityContext trace = default) =>
        new(
            Server.Authority,
            Server.Target,
            [.. Offered, .. credentials.Subprotocols],
            [
                .. Asked.Headers.Where(header => credentials.Headers.CountOf(header.Name) == 0),
                .. credentials.Headers,
                .. HeadersOf(trace, credentials),
            ])
        {
            Compression = Options.Compression.Wanted,
        };

    /// <summary>The headers of a trace, unless the user has set them.</summary>
    private IEnumerable<HttpHeader> HeadersOf(ActivityContext trace, Ws.Credentials credentials)
    {
        var own = Asked.Headers.CountOf(TraceParent.ParentHeader) + credentials.Headers.CountOf(TraceParent.ParentHeader);
        if (!trace.IsSampled() || own > 0)
        {
            yield break;
        }

        yield return new HttpHeader(TraceParent.ParentHeader, TraceParent.Format(trace));
        if (TraceParent.Bounded(trace.TraceState) is { } state)
        {
            yield return new HttpHeader(TraceParent.StateHeader, state);
        }
    }

    /// <summary>The subprotocols that each request offers, each once. For a session, the versions of its subprotocol come first.</summary>
    private IReadOnlyList<string> Offered => Options.Session.Enabled
        ? [.. SessionProtocol.Versions, .. Asked.Subprotocols.Except(SessionProtocol.Versions, StringComparer.Ordinal)]
        : Asked.Subprotocols;

    /// <summary>Whether the next attempt would get the same response. One with other credentials would not get 401 again.</summary>
    public bool IsFinal(int status) => ServerRefusal.IsFinal(status) && !(status == 401 && Asked.GetCredentials is not null);

    /// <summary>
    /// In a session, the message limit includes the session's header, so that a message of the largest size is still accepted. A server
    /// that does not read answers no ping, but sends its own: the pong timeout is long enough for one of these to arrive.
    /// </summary>
    private static ClientOptions ForSession(ClientOptions options)
    {
        if (!options.Session.Enabled)
        {
            return options;
        }

        var largest = (int)Math.Min(Array.MaxLength, (long)options.Message.MaxBytes + SessionFrameWriter.MaxHeaderLength);
        var pong = options.KeepAlive.PongTimeout;
        var shortest = SessionProtocol.MinPongTimeout;
        return options with
        {
            Message = options.Message with { MaxBytes = largest },
            KeepAlive = options.KeepAlive with { PongTimeout = pong > shortest ? pong : shortest },
        };
    }

    /// <param name="cause">The cause and the cure, as the rest of a sentence.</param>
    /// <param name="isFinal">Whether another attempt would fail in the same way.</param>
    /// <param name="answer">The server's response; null without one.</param>
    public Ws.ConnectFailed Failed(string cause, bool isFinal = false, ResponseHead? answer = null) => new()
    {
        Uri = Asked.Uri,
        Reason = $"Cannot connect to {Server.Text}: {cause}.",
        Status = answer?.Status,
        IsFinal = isFinal,
        RetryAfter = answer is null ? null : ServerRefusal.RetryAfter(answer.Headers, Clock.Date),
    };
}
