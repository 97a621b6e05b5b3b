using WsActors.Conformance.Tests.Script;
using static WsActors.Conformance.Tests.Script.Vocabulary;

namespace WsActors.Conformance.Tests.Cases;

/// <summary>A ping is answered with its own payload, a pong with nothing (RFC 6455 §5.5.2, §5.5.3).</summary>
internal static class PingsAndPongs
{
    private static readonly byte[] NoText = [0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF];

    private static Frame[] TenPings => [.. Enumerable.Range(1, 10).Select(static i => Ping($"ping {i}"))];

    private static Frame[] TenPongs => [.. Enumerable.Range(1, 10).Select(static i => Pong($"ping {i}"))];

    public static IEnumerable<Case> All =>
    [
        new("2.1", "an empty ping", Send(Ping()), Returns(Pong())),
        new("2.2", "a ping with text", Send(Ping("are you there?")), Returns(Pong("are you there?"))),
        new("2.3", "a ping with octets that are no text", Send(Ping(NoText)), Returns(Pong(NoText))),
        new("2.4", "a ping of 125 octets", Send(Ping(Samples.Noise(125))), Returns(Pong(Samples.Noise(125)))),
        new("2.5", "a ping of 126 octets", Send(Ping(Samples.Noise(126))), Closes(1002)),
        new("2.5a", "the header of a ping of 126 octets", Send(Ping(Samples.Noise(126)) with { Sent = ..0 }), Closes(1002)),
        new("2.6", "a ping of 125 octets, octet by octet", Send(Ping(Samples.Noise(125))).OctetWise, Returns(Pong(Samples.Noise(125)))),
        new("2.7", "an empty pong that nobody asked for", Send(Pong()), Nothing),
        new("2.8", "a pong with text that nobody asked for", Send(Pong("here I am")), Nothing),
        new("2.9", "a pong that nobody asked for, then a ping", Send(Pong("here I am"), Ping("and you?")), Returns(Pong("and you?"))),
        new("2.10", "ten pings", Send(TenPings), Returns(TenPongs)),
        new("2.11", "ten pings, octet by octet", Send(TenPings).OctetWise, Returns(TenPongs)),
    ];
}
