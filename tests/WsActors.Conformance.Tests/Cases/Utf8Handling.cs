using WsActors.Conformance.Tests.Script;
using static WsActors.Conformance.Tests.Script.Vocabulary;

namespace WsActors.Conformance.Tests.Cases;

/// <summary>
/// Text is UTF-8, and fails at its first invalid octet, independent of fragments and pieces (RFC 6455 §8.1). The rest of a text is never
/// sent: the close frame must not wait for it.
/// </summary>
internal static class Utf8Handling
{
    private static readonly byte[] Greek = [.. "κόσμε"u8];

    // 110000, the first number past Unicode: F4 may still be followed by 80 to 8F, so the second octet is the bad one.
    private static readonly ReadOnlyMemory<byte> PastUnicode = (byte[])[.. Greek, 0xF4, 0x90, 0x80, 0x80, .. " and on"u8];

    private static readonly byte[] Surrogate = [.. Greek, 0xED, 0xA0, 0x80, .. " and on"u8];

    private static readonly Frame Mixed = Text("Grüße, κόσμε: 10 € für 𤭢");

    public static IEnumerable<Case> All =>
    [
        new("6.1.1", "an empty text", Send(Text("")), Returns(Text(""))),
        new("6.1.2", "an empty text in three fragments",
            Send(Text("").ToBeContinued, Continuation("").ToBeContinued, Continuation("")), Returns(Text(""))),
        new("6.1.3", "a text between two empty fragments",
            Send(Text("").ToBeContinued, Continuation("middle").ToBeContinued, Continuation("")), Returns(Text("middle"))),
        new("6.2.1", "valid text", Send(Mixed), Returns(Mixed)),
        new("6.2.2", "valid text in two fragments, cut between characters",
            Send(Text("Grüße").ToBeContinued, Continuation(", κόσμε")), Returns(Text("Grüße, κόσμε"))),
        new("6.2.3", "valid text in fragments of one octet", Send(Fragments(Mixed, 1)), Returns(Mixed)),
        new("6.2.4", "valid text of long characters in fragments of one octet", Send(Fragments(Text(Greek), 1)), Returns(Text(Greek))),
        new("6.3.1", "a surrogate inside of text", Send(Text(Surrogate)), Closes(1007)),
        new("6.3.2", "the same in fragments of one octet", Send(Fragments(Text(Surrogate), 1)), Closes(1007)),
        new("6.4.1", "the second of three fragments is bad",
            Send(Text(PastUnicode[..11]).ToBeContinued, Continuation(PastUnicode[11..15]).ToBeContinued).FrameWise, Closes(1007)),
        new("6.4.2", "the second of three fragments ends with the bad octet",
            Send(Text(PastUnicode[..12]).ToBeContinued, Continuation(PastUnicode[12..13]).ToBeContinued).FrameWise, Closes(1007)),
        new("6.4.3", "the second of three pieces of a frame is bad", Send(Part(..11), Part(11..15)).FrameWise, Closes(1007)),
        new(
            "6.4.4",
            "the second of three pieces of a frame ends with the bad octet",
            Send(Part(..12), Part(12..13)).FrameWise,
            Closes(1007)),
        .. Utf8Sequences.All,
    ];

    private static Frame Part(Range sent) => Text(PastUnicode) with { Sent = sent };
}
