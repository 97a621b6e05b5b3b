using WsActors.Conformance.Tests.Cases;
using WsActors.Conformance.Tests.Script;

namespace WsActors.Conformance.Tests;

/// <summary>Cases about one part of the protocol, numbered as the public ones are.</summary>
internal sealed record Family(int Number, string Title, IReadOnlyList<Row> Cases)
{
    public static IReadOnlyList<Family> All { get; } =
    [
        new(1, "framing", [.. Framing.All]),
        new(2, "pings and pongs", [.. PingsAndPongs.All]),
        new(3, "reserved bits", [.. ReservedBits.All]),
        new(4, "opcodes", [.. Opcodes.All]),
        new(5, "fragmentation", [.. Fragmentation.All]),
        new(6, "UTF-8 handling", [.. Utf8Handling.All]),
        new(7, "closing", [.. Closing.All]),
        new(9, "sizes and pieces", [.. SizesAndPieces.All]),
        new(10, "auto-fragmentation", [.. AutoFragmentation.All]),
        new(12, "compression of different contents", [.. Compression.OfDifferentContents]),
        new(13, "compression with parameters", [.. Compression.WithParameters]),
    ];

    private static readonly Dictionary<string, Row> ByTitle =
        All.SelectMany(static family => family.Cases).ToDictionary(static one => one.ToString());

    public int PublicCases => Cases.Count(static one => one.IsPublic);

    public int OwnCases => Cases.Count - PublicCases;

    /// <summary>The case with these words in its description.</summary>
    public static Row Find(string idAndName) => ByTitle[idAndName];
}
