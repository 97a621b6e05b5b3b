using WsActors.Conformance.Tests.Script;
using static WsActors.Conformance.Tests.Script.Vocabulary;

namespace WsActors.Conformance.Tests.Cases;

/// <summary>A message whose sender cuts it into frames of a fixed size that does not divide it.</summary>
internal static class AutoFragmentation
{
    private static readonly Frame Message = Text(Samples.Letters(64 * Samples.KiB));

    public static IEnumerable<Case> All =>
    [
        new("10.1.1", "64 KiB of text in fragments of 1,300", Send(Fragments(Message, 1300)), Returns(Message)),
    ];
}
