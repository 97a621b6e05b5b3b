using WsActors.Conformance.Tests.Script;
using static WsActors.Conformance.Tests.Script.Vocabulary;

namespace WsActors.Conformance.Tests.Cases;

/// <summary>Messages in several frames, and control frames between them (RFC 6455 §5.4).</summary>
internal static class Fragmentation
{
    private static readonly Frame Whole = Text("first, second");
    private static readonly Frame First = Text("first, ").ToBeContinued;
    private static readonly Frame Second = Continuation("second");
    private static readonly Frame Stray = Continuation("of what?");

    private static Sending TwoFragments => Send(First, Second);

    private static Sending PingBetween => Send(First, Ping("between"), Second);

    private static Answer PongThenWhole => Returns(Pong("between"), Whole);

    private static Sending StrayThenText => Send(Stray, Whole);

    private static Sending OpenStrayThenText => Send(Stray.ToBeContinued, Whole);

    private static readonly Frame[] FourFragments =
        [Text("1 ").ToBeContinued, Continuation("2 ").ToBeContinued, Continuation("3 ").ToBeContinued, Continuation("4 ").ToBeContinued];

    public static IEnumerable<Case> All =>
    [
        new("5.1", "a ping in two fragments", Send(Ping("one").ToBeContinued, Continuation("two")), Closes(1002)),
        new("5.2", "a pong in two fragments", Send(Pong("one").ToBeContinued, Continuation("two")), Closes(1002)),
        new("5.3", "a text in two fragments", TwoFragments, Returns(Whole)),
        new("5.4", "the same, frame by frame", TwoFragments.FrameWise, Returns(Whole)),
        new("5.5", "the same, octet by octet", TwoFragments.OctetWise, Returns(Whole)),
        new("5.6", "a ping between two fragments", PingBetween, PongThenWhole),
        new("5.7", "the same, frame by frame", PingBetween.FrameWise, PongThenWhole),
        new("5.8", "the same, octet by octet", PingBetween.OctetWise, PongThenWhole),
        new("5.9", "a last continuation of nothing, then a text", StrayThenText, Closes(1002)),
        new("5.10", "the same, frame by frame", StrayThenText.FrameWise, Closes(1002)),
        new("5.11", "the same, octet by octet", StrayThenText.OctetWise, Closes(1002)),
        new("5.12", "a continuation of nothing with more to come, then a text", OpenStrayThenText, Closes(1002)),
        new("5.13", "the same, frame by frame", OpenStrayThenText.FrameWise, Closes(1002)),
        new("5.14", "the same, octet by octet", OpenStrayThenText.OctetWise, Closes(1002)),
        new("5.15", "a continuation of nothing between two texts",
            Send(First, Second, Stray.ToBeContinued, Whole), Closes(1002).After(Whole)),
        new("5.16", "twice a continuation of nothing before a text in fragments",
            Send(Stray.ToBeContinued, First, Second, Stray.ToBeContinued, First, Second), Closes(1002)),
        new("5.17", "the same with continuations that are the last", Send(Stray, First, Second, Stray, First, Second), Closes(1002)),
        new("5.18", "a text within a text", Send(First, Text("second")), Closes(1002)),
        new("5.19", "a text in five fragments with two pings, each answered before the text goes on",
        [
            new(Send([.. FourFragments[..2], Ping("after two")]), Returns(Pong("after two"))),
            new(Send([.. FourFragments[2..], Ping("after four")]), Returns(Pong("after four"))),
            new(Send(Continuation("5")), Returns(Text("1 2 3 4 5"))),
        ]),
        new("5.20", "the same at once",
            Send([.. FourFragments[..2], Ping("after two"), .. FourFragments[2..], Ping("after four"), Continuation("5")]),
            Returns(Pong("after two"), Pong("after four"), Text("1 2 3 4 5"))),
    ];
}
