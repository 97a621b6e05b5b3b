using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Akka.Actor;
using WsActors.Messages;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;

namespace WsActors.Tests.Serialization;

/// <summary>One message of each kind that may cross, and any number of random ones.</summary>
internal sealed class Samples(ExtendedActorSystem system)
{
    public const string System = "golden";

    private static readonly TimeSpan Some = TimeSpan.FromMilliseconds(1500);

    /// <summary>A stopped connection. Its uid distinguishes it from later ones of the same name.</summary>
    public IActorRef Connection { get; } =
        new EmptyLocalActorRef(system.Provider, ActorPath.Parse($"akka://{System}/system/websockets/$a#42"), system.EventStream);

    /// <summary>By manifest, as they are on the wire.</summary>
    public IReadOnlyDictionary<string, object> All => new Dictionary<string, object>
    {
        ["S1"] = Ws.Send.Text("hé") with
        {
            Compress = false,
            Overflow = Ws.OverflowPolicy.Conflate("key"),
            Ack = new Ws.Close(4001, "ack"),
        },
        ["C1"] = new Ws.Close(4001, "enough"),
        ["P1"] = Ws.Ping.Instance,
        ["G1"] = Ws.GetStats.Instance,
        ["D1"] = new Ws.Demand(300),
        ["O1"] = Opened,
        ["O2"] = new Ws.Opened
        {
            Connection = Connection,
            Request = Request("GET /chat/tea HTTP/1.1\r\nHost: here\r\n\r\n", Certificate),
            Items = new Dictionary<string, string>(),
        },
        ["R1"] = new Ws.Received { Connection = Connection, Kind = MessageKind.Text, Payload = "hi"u8.ToArray() },
        ["RC1"] = new Ws.ReceivedChunk { Connection = Connection, Kind = MessageKind.Binary, Payload = new byte[] { 1, 2 }, IsLast = true },
        ["PO1"] = new Ws.Ponged { Connection = Connection, RoundTrip = Some },
        ["DR1"] = new Ws.Draining
        {
            Connection = Connection,
            Deadline = new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.FromHours(-1)),
        },
        ["CO1"] = new Ws.Congested { Connection = Connection },
        ["W1"] = new Ws.Writable { Connection = Connection },
        ["DP1"] = new Ws.Dropped { Connection = Connection, Count = 5_000_000_000 },
        ["SF1"] = new Ws.SendFailed
        {
            Connection = Connection,
            Send = Ws.Send.Binary(new byte[] { 9 }) with { Compress = true },
            Reason = Ws.SendFailure.Closed,
        },
        ["CL1"] = new Ws.Closed
        {
            Connection = Connection,
            Code = 1006,
            Reason = "gone",
            By = Ws.Side.Peer,
            WasClean = false,
            Duration = Some,
            BytesReceived = 128,
            BytesSent = 5_000_000_000,
        },
        ["RN1"] = new Ws.Reconnecting { Connection = Connection, Attempt = 2, Delay = Some, Reason = "why" },
        ["CF1"] = new Ws.ConnectFailed { Uri = "ws://x/", Reason = "no", Status = 404, IsFinal = true, RetryAfter = Some },
        ["J1"] = new Ws.Join("tea") { PresenceData = new Dictionary<string, string> { ["name"] = "Ann" } },
        ["LV1"] = new Ws.Leave("tea"),
        ["JD1"] = new Ws.Joined { Connection = Connection, Topic = "tea" },
        ["JF1"] = new Ws.JoinFailed { Connection = Connection, Topic = "tea", Reason = "no" },
        ["PB1"] = new Ws.Publish("tea", Ws.Send.Text("hi")),
        ["TP1"] = new TopicMessages.Relayed("tea", Ws.Send.Text("hi"), Connection),
        ["TM1"] = new TopicMessages.Mark(300),
        ["TT1"] = new TopicMessages.MarkTaken(300),
        ["AT1"] = new Ws.Attached
        {
            Connection = Connection,
            SessionId = "id",
            IsNew = true,
            Node = new Address("akka.tcp", "chat", "one", 4053),
        },
        ["AT2"] = new Ws.Attached
        {
            Connection = Connection,
            SessionId = "id",
            IsNew = true,
            Node = new Address("akka.tcp", "chat", "one", 4053),
            Items = new Dictionary<string, string> { ["tenant"] = "one" },
        },
        ["AT3"] = new Ws.Attached
        {
            Connection = Connection,
            SessionId = "id",
            IsNew = false,
            IsReloaded = true,
            Node = new Address("akka.tcp", "chat", "one", 4053),
            Items = new Dictionary<string, string> { ["tenant"] = "one" },
        },
        ["DT1"] = new Ws.Detached { Connection = Connection, SessionId = "id" },
        ["DL1"] = new Ws.Deliver { SessionId = "id", Publisher = "feed", Sequence = 300, Message = Ws.Send.Text("hi") },
        ["DA1"] = new Ws.Delivered { SessionId = "id", Publisher = "feed", Sequence = 300 },
        ["DE1"] = new Ws.SequenceExpected { SessionId = "id", Publisher = "feed", Sequence = 299 },
        ["DF1"] = new Ws.DeliverFailed { SessionId = "id", Publisher = "feed", Sequence = 300, Reason = "no" },
        ["SB1"] = new SessionMessages.Start("id", [1, 2, 3], true, Connection, "ws://*:80", Opened with { Principal = null })
        {
            IsConfirmed = true,
        },
        ["SR1"] = new SessionMessages.Resume("id", [1, 2, 3], "epoch", 300, Connection) { IsConfirmed = true },
        ["SR2"] = new SessionMessages.Resume("id", [1, 2, 3], "epoch", 300, Connection)
        {
            IsConfirmed = true,
            By = new SessionMessages.EntryPoint(
                "ws://*:80", "/chat/{room}", "chat.v1", null, new Dictionary<string, string> { ["tenant"] = "one" }),
        },
        ["SR3"] = new SessionMessages.Resume("id", [1, 2, 3], "epoch", 300, Connection)
        {
            IsConfirmed = true,
            By = new SessionMessages.EntryPoint(
                "ws://*:80", "/chat/{room}", "chat.v1", null, new Dictionary<string, string> { ["tenant"] = "one" }),
            IsReloaded = true,
        },
        ["SW1"] = new SessionMessages.Confirm("id"),
        ["SO1"] = new SessionMessages.Activate("id"),
        ["SS1"] = new SessionMessages.Welcomed(Connection, Connection, 300),
        ["SU1"] = new SessionMessages.Unknown("id"),
        ["SN1"] = new SessionMessages.Refused("id", "no"),
        ["SH1"] = new SessionMessages.Handled(300),
        ["SC1"] = new SessionMessages.MessageReceived(Connection, 300, MessageKind.Text, "hi"u8.ToArray()),
        ["SA1"] = new SessionMessages.Acknowledged(Connection, 300),
        ["SG1"] = new SessionMessages.ConnectionClosed(Connection, new Ws.Closed
        {
            Connection = Connection,
            Code = 1000,
            Reason = "",
            By = Ws.Side.Peer,
            WasClean = true,
            Duration = Some,
            BytesReceived = 1,
            BytesSent = 2,
        }),
        ["SE1"] = new SessionMessages.Expiring(Connection, Until),
        ["SP1"] = new SessionMessages.Probe(Connection, 300),
        ["GH1"] = Ws.GetHealth.Instance,
        ["H1"] = new Ws.Health
        {
            Endpoints = [new IPEndPoint(IPAddress.IPv6Loopback, 8080), new DnsEndPoint("here", 1)],
            IsAdmitting = true,
            IsDraining = false,
            Connections = 7,
        },
        ["H2"] = new Ws.Health
        {
            Endpoints = [new IPEndPoint(IPAddress.IPv6Loopback, 8080), new DnsEndPoint("here", 1)],
            IsAdmitting = true,
            IsDraining = false,
            Connections = 7,
            UpgradeFault = "why",
        },
        ["H3"] = new Ws.Health
        {
            Endpoints = [new IPEndPoint(IPAddress.IPv6Loopback, 8080), new DnsEndPoint("here", 1)],
            HostedEndpoints = 2,
            IsAdmitting = true,
            IsDraining = false,
            Connections = 7,
            UpgradeFault = "why",
        },
        ["ST1"] = Stats,
        ["T1"] = new Ws.Totals
        {
            Connections = 1,
            Handshakes = 2,
            Opened = 3,
            Refused = 4,
            Endpoints = [new Ws.EndpointTotals
            {
                Endpoint = "ws://*:80",
                LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 80),
                Connections = 1,
                Handshakes = 2,
                Opened = 3,
                Refused = 4,
            }],
        },
        ["L1"] = new Ws.ListConnections(Filter) { PageSize = 5, After = 6 },
        ["LC1"] = new Ws.ConnectionList { Connections = [Stats], Next = 8 },
        ["K1"] = new Ws.Kick(Filter, new Ws.Close(4003, "banned")),
        ["TR1"] = new Ws.Tap(Connection)
        {
            Duration = Some,
            MaxEntries = 300,
            MaxBytes = 5,
            Payload = 6,
            Who = "eve",
        },
        ["TX1"] = new Ws.EndTap(Connection),
        ["TS1"] = new Ws.TapStarted { Connection = Connection },
        ["TW1"] = new Ws.TappedFrame
        {
            Connection = Connection,
            At = new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero),
            Direction = Ws.TapDirection.Sent,
            Opcode = Opcode.Pong,
            Fin = true,
            Rsv1 = false,
            Length = 300,
            Payload = "hi"u8.ToArray(),
        },
        ["TV1"] = new Ws.TappedEvent
        {
            Connection = Connection,
            At = new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero),
            Kind = Ws.TapEventKind.Closed,
            Count = 300,
            Code = 1001,
            Reason = "bye",
            By = Ws.Side.Peer,
        },
        ["TE1"] = new Ws.TapEnded { Connection = Connection, Reason = Ws.TapEndReason.Cancelled, Frames = 300, Events = 4 },
        ["KD1"] = new Ws.Kicked { Count = 3 },
        ["DN1"] = new Ws.Drain { Lead = TimeSpan.Zero },
        ["DD1"] = new Ws.Drained { Closed = 4, Aborted = 1 },
        ["DN2"] = new Ws.Drain { Spread = Some, Node = One },
        ["XG1"] = new Ws.GetClusterStats { Timeout = Some },
        ["XT1"] = new Ws.ClusterTotals
        {
            Nodes = new Dictionary<Address, Ws.Totals>
            {
                [One] = new Ws.Totals { Connections = 1, Handshakes = 2, Opened = 3, Refused = 4, Endpoints = [] },
            },
            Missing = [Two],
        },
        ["XL1"] = new Ws.ListClusterConnections(Filter) { PageSize = 5, After = "6/-7/akka.tcp://chat@one:4053", Timeout = Some },
        ["XC1"] = new Ws.ClusterConnectionList { Connections = [Stats], Missing = [Two], Next = "8/9/akka.tcp://chat@one:4053" },
        ["XK1"] = new Ws.KickInCluster(Filter, new Ws.Close(4003, "banned")) { Timeout = Some },
        ["XD1"] = new Ws.KickedInCluster
        {
            Nodes = new Dictionary<Address, Ws.Kicked> { [One] = new Ws.Kicked { Count = 300 } },
            Missing = [Two],
        },
        ["XU1"] = new Ws.SendToUser("ann", Ws.Send.Text("hi")) { Timeout = Some },
        ["XS1"] = new SendToLocalUser("ann", Ws.Send.Text("hi"), Connection),
        ["XR1"] = new Ws.Recipients { Connections = 300, Sessions = 2 },
        ["XV1"] = new Ws.SentToUser
        {
            Nodes = new Dictionary<Address, Ws.Recipients> { [One] = new Ws.Recipients { Connections = 300, Sessions = 2 } },
            Missing = [Two],
        },
        ["O3"] = Opened with { Response = new ResponseHead(101, [new("Server", "one"), new("X-Node", "two")]) },
        ["RW1"] = new Ws.Renew(Opened.Principal, Until),
        ["EX1"] = new Ws.Expiring { Connection = Connection, ExpiresAt = Until },
        ["RD1"] = new Ws.Renewed { Connection = Connection, Principal = null, ExpiresAt = Until },
        ["RF1"] = new Ws.RenewFailed { Connection = Connection, Reason = "no" },
        ["PM1"] = PreparedMessage.Text("hi"),
        ["WF1"] = Ws.OverflowPolicy.Conflate("key"),
        ["UR1"] = Request("GET /chat/tea HTTP/1.1\r\nHost: here\r\n\r\n", Certificate),
        ["CC1"] = new ClientCertificate(Certificate),
        ["CN1"] = new Ws.Connected { Uri = "ws://x/", Connection = Connection },
        ["BD1"] = new Ws.Bound { Endpoint = "ws://*:0", LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 80) },
        ["BD2"] = new Ws.Bound
        {
            Endpoint = "ws://*:0",
            LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 80),
            LocalEndPoints = [new IPEndPoint(IPAddress.Loopback, 80), new IPEndPoint(IPAddress.IPv6Loopback, 80)],
        },
        ["BF1"] = new Ws.BindFailed { Endpoint = "ws://*:0", Reason = "no" },
        ["UB1"] = new Ws.Unbind(new IPEndPoint(IPAddress.Loopback, 80)),
        ["UN1"] = new Ws.Unbound { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 80) },
        ["ET1"] = new Ws.EndpointTotals
        {
            Endpoint = "ws://*:80",
            LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 80),
            Connections = 1,
            Handshakes = 2,
            Opened = 3,
            Refused = 4,
        },
        ["FI1"] = Filter,
        ["T2"] = new Ws.Totals
        {
            Connections = 1,
            Handshakes = 2,
            Opened = 3,
            Refused = 4,
            Traffic = Traffic,
            Endpoints = [Endpoint, Endpoint with { Traffic = Traffic }],
        },
        ["ET2"] = Endpoint with { Traffic = Traffic },
        ["TF1"] = Traffic,
        ["XT2"] = new Ws.ClusterTotals
        {
            Nodes = new Dictionary<Address, Ws.Totals>
            {
                [One] = new Ws.Totals { Connections = 1, Handshakes = 2, Opened = 3, Refused = 4, Endpoints = [], Traffic = Traffic },
                [Two] = new Ws.Totals { Connections = 1, Handshakes = 2, Opened = 3, Refused = 4, Endpoints = [] },
            },
            Missing = [],
        },
        ["T3"] = new Ws.Totals
        {
            Connections = 1,
            Handshakes = 2,
            Opened = 3,
            Refused = 4,
            Traffic = Traffic,
            IsDraining = true,
            Endpoints = [Endpoint, Endpoint with { Traffic = Traffic }],
        },
        ["XT3"] = new Ws.ClusterTotals
        {
            Nodes = new Dictionary<Address, Ws.Totals>
            {
                [One] = new Ws.Totals
                {
                    Connections = 1,
                    Handshakes = 2,
                    Opened = 3,
                    Refused = 4,
                    Endpoints = [],
                    Traffic = Traffic,
                    IsDraining = true,
                },
                [Two] = new Ws.Totals { Connections = 1, Handshakes = 2, Opened = 3, Refused = 4, Endpoints = [] },
            },
            Missing = [],
        },
        ["FI2"] = Filter with { Search = "an" },
        ["L2"] = new Ws.ListConnections(Filter with { Search = "an" }) { PageSize = 5, After = 6 },
        ["K2"] = new Ws.Kick(Filter with { Search = "an" }, new Ws.Close(4003, "banned")),
        ["XK2"] = new Ws.KickInCluster(Filter with { Search = "an" }, new Ws.Close(4003, "banned")) { Timeout = Some },
        ["XL2"] = Sorted,
        ["LQ1"] = new ListLocalConnections(Sorted),
        ["LA1"] = new LocalConnections([new(300, Stats)], HasMore: true),
        ["XB1"] = GetLocalTotals.Instance,
        ["XW1"] = new LocalTotals(new Ws.Totals
        {
            Connections = 1,
            Handshakes = 2,
            Opened = 3,
            Refused = 4,
            Traffic = Traffic,
            Endpoints = [Endpoint with { Traffic = Traffic }, Endpoint],
        }),
        ["XW2"] = new LocalTotals(new Ws.Totals
        {
            Connections = 1,
            Handshakes = 2,
            Opened = 3,
            Refused = 4,
            Traffic = Traffic,
            IsDraining = true,
            Endpoints = [Endpoint with { Traffic = Traffic }, Endpoint],
        }),
        ["XA1"] = AnswerFollows.Instance,
        ["TL1"] = Topics,
        ["TQ1"] = new ListLocalTopics(Topics),
        ["TC1"] = new LocalTopics([new("tea", 300)], HasMore: true),
        ["TI1"] = Topic,
        ["TA1"] = new Ws.TopicList { Topics = [Topic], Missing = [Two], Next = "Members-:301:tea:" },
        ["SL1"] = OfSessions,
        ["SQ1"] = new ListLocalSessions(OfSessions),
        ["SY1"] = new LocalSessions([Session], HasMore: true),
        ["SI1"] = Session,
        ["SX1"] = new Ws.SessionList
        {
            Sessions = [Session with { DetachedAt = null, User = null }],
            Missing = [Two],
            Next = "SessionId+:0:id:",
        },
    };

    private static Ws.Traffic Traffic { get; } =
        new() { MessagesReceived = 1, MessagesSent = 2, BytesReceived = 3, BytesSent = 5_000_000_000 };

    private static Ws.EndpointTotals Endpoint { get; } = new()
    {
        Endpoint = "ws://*:80",
        LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 80),
        Connections = 1,
        Handshakes = 2,
        Opened = 3,
        Refused = 4,
    };

    private static Ws.ListTopics Topics { get; } = new()
    {
        Prefix = "te",
        OrderBy = Ws.TopicOrder.Members,
        IsDescending = true,
        PageSize = 5,
        After = "Members-:7:tea:",
        Timeout = Some,
    };

    private static Ws.TopicInfo Topic { get; } = new()
    {
        Name = "tea",
        Nodes = new Dictionary<Address, int> { [One] = 300, [Two] = 1 },
    };

    private static Ws.ListSessions OfSessions { get; } = new()
    {
        User = "ann",
        Search = "an",
        OrderBy = Ws.SessionOrder.UnacknowledgedBytes,
        IsDescending = true,
        PageSize = 5,
        After = "UnacknowledgedBytes-:300:id:",
        Timeout = Some,
    };

    private Ws.SessionInfo Session => new()
    {
        Session = Connection,
        SessionId = "id",
        Node = One,
        User = "ann",
        Route = "/chat/{room}",
        StartedAt = Until,
        DetachedAt = Until,
        UnacknowledgedMessages = 2,
        UnacknowledgedBytes = 300,
    };

    private Ws.ListClusterConnections Sorted => new(Filter with { Search = "an" })
    {
        PageSize = 5,
        OrderBy = Ws.ConnectionOrder.QueuedBytes,
        IsDescending = true,
        After = "QueuedBytes-:300::6/-7/akka.tcp://chat@one:4053",
        Timeout = Some,
    };

    public Ws.Opened Opened => new()
    {
        Connection = Connection,
        Request = Request("GET /chat/tea?name=Ann HTTP/1.1\r\nHost: here\r\nCookie: a=\u00e9\r\n\r\n"),
        Subprotocol = "chat.v1",
        Principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "ann")], "token")),
        Items = new Dictionary<string, string> { ["tenant"] = "one" },
        IsRestart = true,
    };

    private static Address One => new("akka.tcp", "chat", "one", 4053);

    private static Address Two => new("akka.tcp", "chat", "two", 4053);

    private static DateTimeOffset Until { get; } = new(2026, 11, 25, 12, 0, 0, TimeSpan.FromHours(-1));

    private Ws.ConnectionFilter Filter =>
        new() { Connection = Connection, User = "ann", Address = "192.0.2.0/24", Route = "/", MinQueuedBytes = 1 };

    private Ws.Stats Stats => new()
    {
        Connection = Connection,
        Endpoint = "ws://*:80",
        Route = "/",
        Address = "192.0.2.1",
        User = null,
        Subprotocol = "v1",
        IsCompressed = true,
        OpenedAt = new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero),
        Duration = Some,
        MessagesReceived = 1,
        MessagesSent = 2,
        BytesReceived = 3,
        BytesSent = 4,
        QueuedBytes = 5,
        UnhandledBytes = 6,
        LastRoundTrip = Some,
    };

    /// <summary>Random messages whose values may be anything.</summary>
    public IEnumerable<object> Random(Random random, int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return random.Next(6) switch
            {
                0 => Send(random),
                1 => new Ws.Received { Connection = Connection, Kind = Kind(random), Payload = Bytes(random) },
                2 => new Ws.ReceivedChunk { Connection = Connection, Kind = Kind(random), Payload = Bytes(random), IsLast = Flip(random) },
                3 => new Ws.SendFailed { Connection = Connection, Send = Send(random), Reason = (Ws.SendFailure)random.Next(5) },
                4 =>
                    new Ws.Closed
                    {
                        Connection = Connection,
                        Code = random.Next(1000, 5000),
                        Reason = Text(random),
                        By = Ws.Side.Local,
                        WasClean = Flip(random),
                        Duration = Time(random),
                        BytesReceived = random.NextInt64(),
                        BytesSent = random.NextInt64(),
                    },
                _ =>
                    Stats with
                    {
                        Duration = Time(random),
                        User = Text(random),
                        LastRoundTrip = Flip(random) ? Time(random) : null,
                        BytesSent = random.NextInt64(),
                    },
            };
        }
    }

    private static Ws.Send Send(Random random) =>
        (Kind(random) == MessageKind.Text ? Ws.Send.Text(Text(random)) : Ws.Send.Binary(Bytes(random))) with
        {
            Compress = random.Next(3) switch { 0 => null, var other => other == 1 },
            Overflow = random.Next(3) switch
            {
                0 => Ws.OverflowPolicy.Close,
                1 => Ws.OverflowPolicy.Drop,
                _ => Ws.OverflowPolicy.Conflate(Text(random)),
            },
            Ack = random.Next(3) switch { 0 => null, 1 => new Ws.Kicked { Count = random.Next() }, _ => Send(random) },
        };

    /// <summary>Another one in each run: it crosses as it is.</summary>
    public static byte[] Certificate { get; } = NewCertificate();

    private static byte[] NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=ann", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow);
        return certificate.RawData;
    }

    private static UpgradeRequest Request(string head, byte[]? certificate = null) => Request(Encoding.Latin1.GetBytes(head), certificate);

    public static UpgradeRequest Request(ReadOnlySpan<byte> bytes, byte[]? certificate = null)
    {
        Assert.True(new RequestParser(new RequestLimits()).TryRead(ref bytes, out var fact));
        return new UpgradeRequest(
            Assert.IsType<RequestHead>(fact),
            "/chat/{room}",
            new Dictionary<string, string> { ["room"] = "tea" },
            ["chat.v1"],
            IPAddress.Parse("192.0.2.1"),
            new Origin("https", "here", 443))
        {
            ClientCertificate = certificate is null ? null : new ClientCertificate(certificate),
        };
    }

    private static bool Flip(Random random) => random.Next(2) == 0;

    private static MessageKind Kind(Random random) => Flip(random) ? MessageKind.Text : MessageKind.Binary;

    private static TimeSpan Time(Random random) => new(random.NextInt64(long.MinValue, long.MaxValue));

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(4) * random.Next(100)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(80)).Select(_ => new Rune(random.Next(0xD800)).ToString()));
}
