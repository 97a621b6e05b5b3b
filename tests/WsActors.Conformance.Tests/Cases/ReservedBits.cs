using WsActors.Conformance.Tests.Script;
using static WsActors.Conformance.Tests.Script.Vocabulary;

namespace WsActors.Conformance.Tests.Cases;

/// <summary>A reserved bit without a meaning fails the connection (RFC 6455 §5.2). Earlier messages are echoed.</summary>
internal static class ReservedBits
{
    private static readonly Frame Hello = Text("hello");

    public static IEnumerable<Case> All =>
    [
        new("3.1", "a text with bits 1", Send(Hello with { Rsv = 1 }), Closes(1002)),
        new("3.2", "a text with bits 2 between a text and a ping",
            Send(Hello, Hello with { Rsv = 2 }, Ping()), Closes(1002).After(Hello)),
        new("3.3", "the same with bits 3, frame by frame",
            Send(Hello, Hello with { Rsv = 3 }, Ping()).FrameWise, Closes(1002).After(Hello)),
        new("3.4", "the same with bits 4, octet by octet",
            Send(Hello, Hello with { Rsv = 4 }, Ping()).OctetWise, Closes(1002).After(Hello)),
        new("3.5", "binary with bits 5", Send(Binary(Samples.Noise(8)) with { Rsv = 5 }), Closes(1002)),
        new("3.6", "a ping with bits 6", Send(Ping("hello") with { Rsv = 6 }), Closes(1002)),
        new("3.7", "a close with bits 7", Send(Close(1000) with { Rsv = 7 }), Closes(1002)),
    ];
}
