using WsActors.Conformance.Tests.Script;
using static WsActors.Conformance.Tests.Script.Vocabulary;

namespace WsActors.Conformance.Tests.Cases;

/// <summary>Close frames: valid payloads, the answer, and that later frames are ignored (RFC 6455 §5.5.1, §7).</summary>
internal static class Closing
{
    private static readonly Frame Hello = Text("hello");

    private static readonly Frame Long = Text(Samples.Utf8(256 * Samples.KiB));

    // The public cases do not ask for the codes that were registered later, 1012 to 1014.
    private static readonly int[] ValidCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
    private static readonly int[] InvalidCodes = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];

    public static IEnumerable<Case> All =>
    [
        new("7.1.1", "a text, then a close", Send(Hello, Close(1000)), Closes(1000).After(Hello)),
        new("7.1.2", "two closes", Send(Close(1000), Close(1000)), Closes(1000)),
        new("7.1.3", "a ping after a close", Send(Close(1000), Ping("still there?")), Closes(1000)),
        new("7.1.4", "a text after a close", Send(Close(1000), Hello), Closes(1000)),
        new("7.1.5", "a close between two fragments", Send(Hello.ToBeContinued, Close(1000), Continuation(", world")), Closes(1000)),
        new("7.1.6", "256 KiB, a close, a ping", Send(Long, Close(1000), Ping("still there?")), Closes(1000).After(Long)),
        new("7.3.1", "an empty close", Send(ClosePayload()), ClosesWithoutCode),
        new("7.3.2", "a close of one octet", Send(ClosePayload(0x03)), Closes(1002)),
        new("7.3.3", "a close with a code", Send(Close(1000)), Closes(1000)),
        new("7.3.4", "a close with a code and a reason", Send(Close(1000, "Grüße")), Closes(1000)),
        new("7.3.5", "a close with the longest reason", Send(Close(1000, new string('z', 123))), Closes(1000)),
        new("7.3.6", "a close with a reason that is an octet longer", Send(Close(1000, new string('z', 124))), Closes(1002)),
        new("7.3.6a", "the header of it", Send(Close(1000, new string('z', 124)) with { Sent = ..0 }), Closes(1002)),
        new("7.5.1", "a reason that is not UTF-8", Send(ClosePayload([0x03, 0xE8, .. "κόσμε"u8, 0xED, 0xA0, 0x80])), Closes(1007)),
        .. ValidCodes.Select(static (code, i) => Answered($"7.7.{i + 1}", code)),
        Answered("7.7.9a", 1012),
        Answered("7.7.9b", 1013),
        Answered("7.7.9c", 1014),
        .. InvalidCodes.Select(static (code, i) => Refused($"7.9.{i + 1}", code)),
        Refused("7.9.5a", 1015),
        Refused("7.13.1", 5000),
        Refused("7.13.2", 65_535),
    ];

    private static Case Answered(string id, int code) => new(id, $"code {code}", Send(Close(code)), Closes(code));

    private static Case Refused(string id, int code) => new(id, $"code {code}, which must not be sent", Send(Close(code)), Closes(1002));
}
