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
        Codec.Create<Ws.Health>("H1", LayOut),
        Codec.Create<Ws.Health>("H2", static (f, m) => LayOut(f, m) with { UpgradeFault = f.Text(m?.UpgradeFault) })
            with { When = static message => message is Ws.Health { UpgradeFault: not null, HostedEndpoints: 0 } },
        Codec.Create<Ws.Health>("H3", static (f, m) => LayOut(f, m) with
        {
            UpgradeFault = f.TextOrNull(m?.UpgradeFault),
            HostedEndpoints = f.Count(m?.HostedEndpoints),
        })
            with { When = static message => message is Ws.Health { HostedEndpoints: > 0 } },
        Codec.Create<Ws.Stats>("ST1", LayOut),
        Codec.Create<Ws.Totals>("T1", LayOut),
        Codec.Create<Ws.Totals>("T2", LayOutWithTraffic) with
        {
            IsForEmbedded = true,
            When = static message => message is Ws.Totals { IsDraining: false } totals && HasTraffic(totals),
        },
        Codec.Create<Ws.Totals>("T3", LayOutWithDrain)
            with { IsForEmbedded = true, When = static message => message is Ws.Totals { IsDraining: true } },
        Codec.Create<Ws.ListConnections>("L1", static (f, m) => LayOut(f, m, LayOut)),
        Codec.Create<Ws.ListConnections>("L2", static (f, m) => LayOut(f, m, LayOutWithSearch))
            with { When = static message => message is Ws.ListConnections { Filter.Search: not null } },
        Codec.Create<Ws.ConnectionList>("LC1", static (f, m) => new()
        {
            Connections = f.List(m?.Connections, LayOut),
            Next = f.OptionalLong(m?.Next),
        }),
        Codec.Create<Ws.Kick>("K1", static (f, m) => new(LayOut(f, m?.Filter), CommandCodecs.LayOut(f, m?.Close))),
        Codec.Create<Ws.Kick>("K2", static (f, m) => new(LayOutWithSearch(f, m?.Filter), CommandCodecs.LayOut(f, m?.Close)))
            with { When = static message => message is Ws.Kick { Filter.Search: not null } },
        Codec.Create<Ws.Kicked>("KD1", LayOut),
        Codec.Create<Ws.Drain>("DN1", static (f, m) => new() { Lead = f.OptionalTime(m?.Lead), Spread = f.OptionalTime(m?.Spread) }),
        Codec.Create<Ws.Drain>("DN2", static (f, m) => new()
        {
            Lead = f.OptionalTime(m?.Lead),
            Spread = f.OptionalTime(m?.Spread),
            Node = f.Address(m?.Node),
        })
            with { When = static message => message is Ws.Drain { Node: not null } },
        Codec.Create<Ws.Bound>("BD1", LayOut),
        Codec.Create<Ws.Bound>("BD2", LayOutWithOthers) with { When = static message => message is Ws.Bound { LocalEndPoints.Count: > 1 } },
        Codec.Create<Ws.BindFailed>("BF1", static (f, m) => new() { Endpoint = f.Text(m?.Endpoint), Reason = f.Text(m?.Reason) }),
        Codec.Create<Ws.Unbind>("UB1", static (f, m) => new(LayOut(f, m?.LocalEndPoint))),
        Codec.Create<Ws.Unbound>("UN1", static (f, m) => new() { LocalEndPoint = LayOut(f, m?.LocalEndPoint) }),
        Codec.Create<Ws.EndpointTotals>("ET1", LayOut),
        Codec.Create<Ws.EndpointTotals>("ET2", LayOutWithTraffic)
            with { When = static message => message is Ws.EndpointTotals { Traffic: not null } },
        Codec.Create<Ws.Traffic>("TF1", LayOut),
        Codec.Create<Ws.ConnectionFilter>("FI1", LayOut),
        Codec.Create<Ws.ConnectionFilter>("FI2", LayOutWithSearch)
            with { When = static message => message is Ws.ConnectionFilter { Search: not null } },
        Codec.Create<Ws.Drained>("DD1", static (f, m) => new() { Closed = f.Count(m?.Closed), Aborted = f.Count(m?.Aborted) }),
    ];

    private static Ws.Health LayOut(MessageFields f, Ws.Health? m) => new()
    {
        Endpoints = f.List(m?.Endpoints, LayOut),
        IsAdmitting = f.Flag(m?.IsAdmitting),
        IsDraining = f.Flag(m?.IsDraining),
        Connections = f.Count(m?.Connections),
    };

    public static Ws.Stats LayOut(MessageFields f, Ws.Stats? m) => new()
    {
        Connection = f.Ref(m?.Connection),
        Endpoint = f.Text(m?.Endpoint),
        Route = f.Text(m?.Route),
        Address = f.Text(m?.Address),
        User = f.TextOrNull(m?.User),
        Subprotocol = f.TextOrNull(m?.Subprotocol),
        IsCompressed = f.Flag(m?.IsCompressed),
        OpenedAt = f.Date(m?.OpenedAt),
        Duration = f.Time(m?.Duration),
        MessagesReceived = f.Long(m?.MessagesReceived),
        MessagesSent = f.Long(m?.MessagesSent),
        BytesReceived = f.Long(m?.BytesReceived),
        BytesSent = f.Long(m?.BytesSent),
        QueuedBytes = f.Long(m?.QueuedBytes),
        UnhandledBytes = f.Long(m?.UnhandledBytes),
        LastRoundTrip = f.OptionalTime(m?.LastRoundTrip),
    };

    public static Ws.Totals LayOut(MessageFields f, Ws.Totals? m) => new()
    {
        Connections = f.Count(m?.Connections),
        Handshakes = f.Count(m?.Handshakes),
        Opened = f.Long(m?.Opened),
        Refused = f.Long(m?.Refused),
        Endpoints = f.List(m?.Endpoints, LayOut),
    };

    /// <summary>Whether there is a value that versions without <see cref="Ws.Traffic"/> cannot read.</summary>
    public static bool HasTraffic(Ws.Totals totals) =>
        totals.Traffic is not null || totals.Endpoints.Any(static endpoint => endpoint.Traffic is not null);

    public static Ws.Totals LayOutWithTraffic(MessageFields f, Ws.Totals? m) => new()
    {
        Connections = f.Count(m?.Connections),
        Handshakes = f.Count(m?.Handshakes),
        Opened = f.Long(m?.Opened),
        Refused = f.Long(m?.Refused),
        Endpoints = f.List(m?.Endpoints, LayOutWithTraffic),
        Traffic = OptionalTraffic(f, m?.Traffic),
    };

    public static Ws.Totals LayOutWithDrain(MessageFields f, Ws.Totals? m) =>
        LayOutWithTraffic(f, m) with { IsDraining = f.Flag(m?.IsDraining) };

    private static Ws.EndpointTotals LayOutWithTraffic(MessageFields f, Ws.EndpointTotals? m) =>
        LayOut(f, m) with { Traffic = OptionalTraffic(f, m?.Traffic) };

    private static Ws.Traffic? OptionalTraffic(MessageFields f, Ws.Traffic? m) => f.Flag(m is not null) ? LayOut(f, m) : null;

    private static Ws.Traffic LayOut(MessageFields f, Ws.Traffic? m) => new()
    {
        MessagesReceived = f.Long(m?.MessagesReceived),
        MessagesSent = f.Long(m?.MessagesSent),
        BytesReceived = f.Long(m?.BytesReceived),
        BytesSent = f.Long(m?.BytesSent),
    };

    private static Ws.EndpointTotals LayOut(MessageFields f, Ws.EndpointTotals? m) => new()
    {
        Endpoint = f.Text(m?.Endpoint),
        LocalEndPoint = LayOut(f, m?.LocalEndPoint),
        Connections = f.Count(m?.Connections),
        Handshakes = f.Count(m?.Handshakes),
        Opened = f.Long(m?.Opened),
        Refused = f.Long(m?.Refused),
    };

    public static Ws.ConnectionFilter LayOut(MessageFields f, Ws.ConnectionFilter? m) => new()
    {
        Connection = f.RefOrNull(m?.Connection),
        User = f.TextOrNull(m?.User),
        Address = f.TextOrNull(m?.Address),
        Route = f.TextOrNull(m?.Route),
        MinQueuedBytes = f.Number(m?.MinQueuedBytes),
    };

    public static Ws.ConnectionFilter LayOutWithSearch(MessageFields f, Ws.ConnectionFilter? m) =>
        LayOut(f, m) with { Search = f.TextOrNull(m?.Search) };

    public static Ws.Kicked LayOut(MessageFields f, Ws.Kicked? m) => new() { Count = f.Count(m?.Count) };

    private static Ws.ListConnections LayOut(
        MessageFields f, Ws.ListConnections? m, Func<MessageFields, Ws.ConnectionFilter?, Ws.ConnectionFilter> filter) =>
        new(filter(f, m?.Filter)) { PageSize = f.Count(m?.PageSize), After = f.OptionalNumber(m?.After) };

    private static Ws.Bound LayOut(MessageFields f, Ws.Bound? m) => new()
    {
        Endpoint = f.Text(m?.Endpoint),
        LocalEndPoint = LayOut(f, m?.LocalEndPoint),
    };

    private static Ws.Bound LayOutWithOthers(MessageFields f, Ws.Bound? m)
    {
        var bound = LayOut(f, m);
        return bound with { LocalEndPoints = [bound.LocalEndPoint, .. f.List(m?.LocalEndPoints.Skip(1).ToList(), LayOut)] };
    }

    private static EndPoint LayOut(MessageFields f, EndPoint? m) => f.Part(m, Write, ReadEndPoint);

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
