using WsActors.Conformance.Tests.Script;
using static WsActors.Conformance.Tests.Script.Vocabulary;

namespace WsActors.Conformance.Tests.Cases;

/// <summary>Reserved opcodes, of data (4.1) and of control frames (4.2), fail the connection (RFC 6455 §5.2).</summary>
internal static class Opcodes
{
    private static readonly Frame Hello = Text("hello");

    public static IEnumerable<Case> All =>
    [
        new("4.1.1", "opcode 3, empty", Send(Empty(3)), Closes(1002)),
        new("4.1.2", "opcode 4 with a payload", Send(Full(4)), Closes(1002)),
        new("4.1.3", "opcode 5, empty, between a text and a ping", Send(Hello, Empty(5), Ping()), Closes(1002).After(Hello)),
        new("4.1.4", "opcode 6 with a payload between a text and a ping", Send(Hello, Full(6), Ping()), Closes(1002).After(Hello)),
        new("4.1.5", "the same with opcode 7, octet by octet", Send(Hello, Full(7), Ping()).OctetWise, Closes(1002).After(Hello)),
        new("4.2.1", "opcode 11, empty", Send(Empty(11)), Closes(1002)),
        new("4.2.2", "opcode 12 with a payload", Send(Full(12)), Closes(1002)),
        new("4.2.3", "opcode 13, empty, between a text and a ping", Send(Hello, Empty(13), Ping()), Closes(1002).After(Hello)),
        new("4.2.4", "opcode 14 with a payload between a text and a ping", Send(Hello, Full(14), Ping()), Closes(1002).After(Hello)),
        new("4.2.5", "the same with opcode 15, octet by octet", Send(Hello, Full(15), Ping()).OctetWise, Closes(1002).After(Hello)),
    ];

    private static Frame Empty(int opcode) => new(opcode, ReadOnlyMemory<byte>.Empty);

    private static Frame Full(int opcode) => new(opcode, Samples.Letters(20));
}
