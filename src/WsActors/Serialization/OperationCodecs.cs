using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WsActors.Serialization;

/// <summary>The codecs of operations: requests to a manager from another node, and its responses.</summary>
internal static class OperationCodecs
{
    private const byte IPAddressAndPort = 0;
    private const byte DnsNameAndPort = 1;
    private const byte UnixPath = 2;

    public static IEnumerable<Codec> All =>
    [
        Codec.Create("GH1", Ws.GetHealth.Instance),
        Codec.Create("H1", Write, ReadHealth),
        Codec.Create("H2", WriteWithFault, static from => ReadHealth(from) with { UpgradeFault = from.Text() })
            with { When = static message => message is Ws.Health { UpgradeFault: not null } },
        Codec.Create("ST1", Write, ReadStats),
        Codec.Create("T1", Write, ReadTotals),
        Codec.Create("L1", Write, ReadList),
        Codec.Create("LC1", Write, static from => new Ws.ConnectionList(from.List(() => ReadStats(from)), from.Optional(from.Long))),
        Codec.Create("K1", Write, static from => new Ws.Kick(ReadFilter(from), CommandCodecs.ReadClose(from))),
        Codec.Create("KD1", static (to, kicked) => to.Count(kicked.Count), static from => new Ws.Kicked(from.Count())),
        Codec.Create("DN1", Write, static from => new Ws.Drain { Lead = from.Optional(from.Time), Spread = from.Optional(from.Time) }),
        Codec.Create("BD1", static (to, bound) => Write(to, bound.Endpoint, bound.LocalEndPoint), ReadBound),
        Codec.Create("BD2", WriteWithOthers, ReadWithOthers)
            with { When = static message => message is Ws.Bound { LocalEndPoints.Count: > 1 } },
        Codec.Create("BF1", Write, static from => new Ws.BindFailed(from.Text(), from.Text())),
        Codec.Create("UB1", static (to, unbind) => Write(to, unbind.LocalEndPoint), static from => new Ws.Unbind(ReadEndPoint(from))),
        Codec.Create("UN1", static (to, unbound) => Write(to, unbound.LocalEndPoint), static from => new Ws.Unbound(ReadEndPoint(from))),
        Codec.Create("ET1", Write, ReadEndpoint),
        Codec.Create("FI1", Write, ReadFilter),
        Codec.Create("DD1", Write, static from => new Ws.Drained(from.Count(), from.Count())),
    ];

    private static void Write(MessageWriter to, Ws.Health health)
    {
        to.List(health.Endpoints, endPoint => Write(to, endPoint));
        to.Flag(health.IsAdmitting);
        to.Flag(health.IsDraining);
        to.Count(health.Connections);
    }

    private static Ws.Health ReadHealth(MessageReader from) =>
        new(from.List(() => ReadEndPoint(from)), from.Flag(), from.Flag(), from.Count());

    private static void WriteWithFault(MessageWriter to, Ws.Health health)
    {
        Write(to, health);
        to.Text(health.UpgradeFault);
    }

    private static void Write(MessageWriter to, Ws.Stats stats)
    {
        to.Ref(stats.Connection);
        to.Text(stats.Endpoint);
        to.Text(stats.Route);
        to.Text(stats.Address);
        to.Text(stats.User);
        to.Text(stats.Subprotocol);
        to.Flag(stats.IsCompressed);
        to.Date(stats.OpenedAt);
        to.Time(stats.Duration);
        to.Count(stats.MessagesReceived);
        to.Count(stats.MessagesSent);
        to.Count(stats.BytesReceived);
        to.Count(stats.BytesSent);
        to.Count(stats.QueuedBytes);
        to.Count(stats.UnhandledBytes);
        to.Optional(stats.LastRoundTrip, to.Time);
    }

    private static Ws.Stats ReadStats(MessageReader from) => new()
    {
        Connection = from.Ref(),
        Endpoint = from.Text(),
        Route = from.Text(),
        Address = from.Text(),
        User = from.TextOrNull(),
        Subprotocol = from.TextOrNull(),
        IsCompressed = from.Flag(),
        OpenedAt = from.Date(),
        Duration = from.Time(),
        MessagesReceived = from.Long(),
        MessagesSent = from.Long(),
        BytesReceived = from.Long(),
        BytesSent = from.Long(),
        QueuedBytes = from.Long(),
        UnhandledBytes = from.Long(),
        LastRoundTrip = from.Optional(from.Time),
    };

    private static void Write(MessageWriter to, Ws.Totals totals)
    {
        to.Count(totals.Connections);
        to.Count(totals.Handshakes);
        to.Count(totals.Opened);
        to.Count(totals.Refused);
        to.List(totals.Endpoints, endpoint => Write(to, endpoint));
    }

    private static void Write(MessageWriter to, Ws.EndpointTotals endpoint)
    {
        to.Text(endpoint.Endpoint);
        Write(to, endpoint.LocalEndPoint);
        to.Count(endpoint.Connections);
        to.Count(endpoint.Handshakes);
        to.Count(endpoint.Opened);
        to.Count(endpoint.Refused);
    }

    private static Ws.Totals ReadTotals(MessageReader from) => new(
        from.Count(),
        from.Count(),
        from.Long(),
        from.Long(),
        from.List(() => ReadEndpoint(from)));

    private static Ws.EndpointTotals ReadEndpoint(MessageReader from) =>
        new(from.Text(), ReadEndPoint(from), from.Count(), from.Count(), from.Long(), from.Long());

    private static void Write(MessageWriter to, Ws.ConnectionFilter filter)
    {
        to.Ref(filter.Connection);
        to.Text(filter.User);
        to.Text(filter.Address);
        to.Text(filter.Route);
        to.Number(filter.MinQueuedBytes);
    }

    private static Ws.ConnectionFilter ReadFilter(MessageReader from) => new()
    {
        Connection = from.RefOrNull(),
        User = from.TextOrNull(),
        Address = from.TextOrNull(),
        Route = from.TextOrNull(),
        MinQueuedBytes = from.Number(),
    };

    private static void Write(MessageWriter to, Ws.ListConnections list)
    {
        Write(to, list.Filter);
        to.Count(list.PageSize);
        to.Optional(list.After, to.Number);
    }

    private static Ws.ListConnections ReadList(MessageReader from) =>
        new(ReadFilter(from)) { PageSize = from.Count(), After = from.Optional(from.Number) };

    private static void Write(MessageWriter to, Ws.ConnectionList list)
    {
        to.List(list.Connections, stats => Write(to, stats));
        to.Optional(list.Next, to.Count);
    }

    private static void Write(MessageWriter to, Ws.Kick kick)
    {
        Write(to, kick.Filter);
        CommandCodecs.Write(to, kick.Close);
    }

    private static void Write(MessageWriter to, Ws.Drain drain)
    {
        to.Optional(drain.Lead, to.Time);
        to.Optional(drain.Spread, to.Time);
    }

    private static void Write(MessageWriter to, Ws.BindFailed failed)
    {
        to.Text(failed.Endpoint);
        to.Text(failed.Reason);
    }

    private static Ws.Bound ReadBound(MessageReader from) => new(from.Text(), ReadEndPoint(from));

    private static void WriteWithOthers(MessageWriter to, Ws.Bound bound)
    {
        Write(to, bound.Endpoint, bound.LocalEndPoint);
        to.List(bound.LocalEndPoints.Skip(1).ToList(), endPoint => Write(to, endPoint));
    }

    private static Ws.Bound ReadWithOthers(MessageReader from)
    {
        var bound = ReadBound(from);
        return bound with { LocalEndPoints = [bound.LocalEndPoint, .. from.List(() => ReadEndPoint(from))] };
    }

    private static void Write(MessageWriter to, string endpoint, EndPoint local)
    {
        to.Text(endpoint);
        Write(to, local);
    }

    private static void Write(MessageWriter to, Ws.Drained drained)
    {
        to.Count(drained.Closed);
        to.Count(drained.Aborted);
    }

    private static void Write(MessageWriter to, EndPoint endPoint)
    {
        to.Byte(endPoint switch
        {
            IPEndPoint => IPAddressAndPort,
            UnixDomainSocketEndPoint => UnixPath,
            _ => DnsNameAndPort,
        });
        to.Text(endPoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : endPoint.ToString());
    }

    private static EndPoint ReadEndPoint(MessageReader from)
    {
        var (kind, text) = (from.Byte(), from.Text());
        var colon = text.LastIndexOf(':');
        return kind switch
        {
            IPAddressAndPort => IPEndPoint.Parse(text),
            UnixPath => new UnixDomainSocketEndPoint(text),
            DnsNameAndPort when colon > 0 => new DnsEndPoint(text[..colon], int.Parse(text[(colon + 1)..], CultureInfo.InvariantCulture)),
            _ => throw from.Damaged("the address of a listener is malformed"),
        };
    }
}
