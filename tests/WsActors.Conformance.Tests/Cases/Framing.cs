using WsActors.Conformance.Tests.Script;
using static WsActors.Conformance.Tests.Script.Vocabulary;

namespace WsActors.Conformance.Tests.Cases;

/// <summary>Payload lengths on both sides of each length's encoding (RFC 6455 §5.2).</summary>
internal static class Framing
{
    private static readonly int[] Sizes = [0, 125, 126, 127, 128, 65_535, 65_536];

    private const int PieceSize = 997;

    public static IEnumerable<Case> All =>
    [
        .. Sizes.Select(static (size, i) => Echoed($"1.1.{i + 1}", $"text of {size} octets", Text(Samples.Letters(size)))),
        InPieces("1.1.8", "text of 65,536 octets in pieces", Text(Samples.Letters(65_536))),
        .. Sizes.Select(static (size, i) => Echoed($"1.2.{i + 1}", $"{size} binary octets", Binary(Samples.Noise(size)))),
        InPieces("1.2.8", "65,536 binary octets in pieces", Binary(Samples.Noise(65_536))),
    ];

    private static Case Echoed(string id, string name, Frame message) => new(id, name, Send(message), Returns(message));

    private static Case InPieces(string id, string name, Frame message) =>
        new(id, name, Send(message).InPiecesOf(PieceSize), Returns(message));
}
