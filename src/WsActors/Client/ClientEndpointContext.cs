using System.Net;
using Akka.Actor;
using Akka.Configuration;
using Akka.IO;
using WsActors.Connection;
using WsActors.Handlers;
using WsActors.Protocol.Handshake;
using WsActors.Runtime;
using WsActors.Sessions.Subprotocol;
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
        : base("client", LimitsOf(options), new HandshakeCounters(), systemContext)
    {
        if (options.KeepsSession && asked.MaxChunkBytes is not null)
        {
            throw new ConfigurationException("A session is told whole messages; leave out MaxChunkBytes.");
        }

        Asked = asked;
        Client = options.Checked();
        Server = ServerAddress.Parse(asked.Uri);
        Tls = Server.TlsHost is { } host ? new ClientTls(Client.Tls, host) : null;
        Jitter = systemContext.Jitter;
        (_system, _sources, _defaultSource) = (system, systemContext.Sources, systemContext.Source);
        NewHandshake();
    }

    public Ws.Connect Asked { get; }

    /// <summary>The byte source: for TLS and Unix sockets the one that has them, whichever is named.</summary>
    public IActorRef Source => Asked.Source ?? (Server.NeedsSockets ? _sources.Sockets : _defaultSource);

    /// <summary>Whether that is ours.</summary>
    public bool UsesSocketSource => Server.NeedsSockets || _sources.AreSockets(Source);

    public ClientOptions Client { get; }

    public ServerAddress Server { get; }

    /// <summary>Null where bytes go plainly.</summary>
    public ClientTls? Tls { get; }

    public Jitter Jitter { get; }

    /// <summary>
    /// The name whose addresses are dialled; null where there is one address, and where the source was given, which is told the name.
    /// </summary>
    public DnsEndPoint? NameToLookUp => Asked.Source is null || Asked.LookUp is not null ? Server.EndPoint as DnsEndPoint : null;

    /// <summary>The addresses of a name. A name that cannot be one fails the task, too.</summary>
    public async Task<IPAddress[]> LookUpAsync(string name, CancellationToken cancellation) =>
        await (Asked.LookUp ?? System.Net.Dns.GetHostAddressesAsync)(name, cancellation).ConfigureAwait(false);

    /// <summary>
    /// What the source is asked. It has the same time as we have: a socket that nobody waits for any more must not stay with it. Our outbox
    /// bounds what is queued.
    /// </summary>
    /// <param name="address">What to dial.</param>
    /// <param name="attempt">By what it can be ended before.</param>
    public Tcp.Connect ToTcp(EndPoint address, ConnectAttempt attempt) => new(address, options: [attempt], timeout: Client.ConnectTimeout, pullMode: true)
    {
        TcpSettings = TcpSettings.Create(_system) with { WriteCommandsQueueMaxSize = -1 },
    };

    /// <summary>Whether the handler is told no more messages than it asked for.</summary>
    public bool IsPulled => Asked.Pull || typeof(WebSocketHandler).IsAssignableFrom(Asked.HandlerProps?.Type);

    /// <summary>The descriptor of the handler; in a session, that of the session's handler.</summary>
    public HandlerDescriptor DescribeHandler(IActorRef handler, bool isOwned) => new(handler, isOwned, Asked.Name)
    {
        // A handler made for its client may end with its work done, under any parent.
        MayStop = Asked.HandlerProps is not null && !Client.KeepsSession,
        IsPulled = IsPulled || Client.KeepsSession,
        IsSession = Client.KeepsSession,
        MaxChunkBytes = Asked.MaxChunkBytes,
    };

    /// <summary>One for each dialling: its key must not come twice (RFC 6455 §4.1).</summary>
    public ClientHandshake NewHandshake() =>
        new(Server.Authority, Server.Target, Offered, Asked.Headers) { Compression = Options.Compression.Wanted };

    /// <summary>The subprotocols that the request names: with a session its versions first, each once.</summary>
    private IReadOnlyList<string> Offered => Client.KeepsSession
        ? [.. SessionProtocol.Versions, .. Asked.Subprotocols.Except(SessionProtocol.Versions, StringComparer.Ordinal)]
        : Asked.Subprotocols;

    /// <summary>
    /// A message of the largest size still comes when a session's header is before it. A server that does not read answers no ping, but
    /// sends its own: one of these comes within the pong timeout.
    /// </summary>
    private static EndpointOptions LimitsOf(ClientOptions options)
    {
        var message = options.Limits.Message;
        var largest = (int)Math.Min(Array.MaxLength, (long)message.MaxMessageBytes + SessionFrameWriter.MaxHeaderLength);
        return options.KeepsSession
            ? options.Limits with
            {
                Message = message with { MaxMessageBytes = largest },
                PongTimeout = options.Limits.PongTimeout > SessionProtocol.MinPongTimeout ? options.Limits.PongTimeout : SessionProtocol.MinPongTimeout,
            }
            : options.Limits;
    }

    /// <param name="cause">Why not, and what to do, as the rest of a sentence.</param>
    /// <param name="isFinal">Whether it would fail again.</param>
    /// <param name="answer">What the server answered, if it did.</param>
    public Ws.ConnectFailed Failed(string cause, bool isFinal = false, ResponseHead? answer = null) =>
        new(Asked.Uri, $"Cannot connect to {Server.Text}: {cause}.", answer?.Status)
        {
            IsFinal = isFinal,
            RetryAfter = answer is null ? null : ServerRefusal.RetryAfter(answer.Headers, Clock.Date),
        };
}
