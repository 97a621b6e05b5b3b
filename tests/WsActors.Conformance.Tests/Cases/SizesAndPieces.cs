using WsActors.Conformance.Tests.Script;
using WsActors.Protocol.Messages;
using static WsActors.Conformance.Tests.Script.Samples;
using static WsActors.Conformance.Tests.Script.Vocabulary;

namespace WsActors.Conformance.Tests.Cases;

/// <summary>Large messages, as one frame, as fragments and in pieces, and many small ones. The limits are raised for them.</summary>
internal static class SizesAndPieces
{
    private const int Largest = 16 * MiB;

    /// <summary>As many as 9.3.1 has: four times the default.</summary>
    private const int MostFragments = 4 * MiB / 64;

    private const int RoundTrips = 1000;

    private static readonly MessageLimits Raised = new() { MaxMessageBytes = Largest, MaxFragments = MostFragments };

    private static readonly int[] Sizes = [64 * KiB, 256 * KiB, MiB, 4 * MiB, 8 * MiB, Largest];
    private static readonly int[] SmallerSizes = [KiB, 4 * KiB, 16 * KiB];
    private static readonly int[] FragmentSizes = [64, 256, KiB, 4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB, MiB, 4 * MiB];
    private static readonly int[] PieceSizes = [64, 128, 256, 512, KiB, 2 * KiB];
    private static readonly int[] RoundTripSizes = [0, 16, 64, 256, KiB, 4 * KiB];

    public static IEnumerable<Case> All =>
        [.. WithRaisedLimits.Select(static one => one with { Limits = Raised }), OneFragmentTooMany];

    private static Case OneFragmentTooMany =>
        new(
            "9.3.1a",
            "more fragments than the default of ws-actors.message.max-fragments, which is not raised",
            Send(TooManyFragments),
            Closes(1008))
        {
            Limits = new MessageLimits { MaxMessageBytes = Largest },
        };

    private static IEnumerable<Case> WithRaisedLimits =>
    [
        .. Sizes.Select(static (size, i) => Whole($"9.1.{i + 1}", Text(Utf8(size)))),
        .. SmallerSizes.Select(static (size, i) => Whole($"9.1.1{"abc"[i]}", Text(Utf8(size)))),
        new("9.1.6a", "the header of a text that is an octet longer than the limit",
            Send(Text(Letters(Largest + 1)) with { Sent = ..0 }), Closes(1009)),
        .. Sizes.Select(static (size, i) => Whole($"9.2.{i + 1}", Binary(Noise(size)))),
        .. SmallerSizes.Select(static (size, i) => Whole($"9.2.1{"abc"[i]}", Binary(Noise(size)))),
        .. FragmentSizes.Select(static (size, i) => InFragments($"9.3.{i + 1}", Text(Utf8(4 * MiB)), size)),
        .. FragmentSizes.Select(static (size, i) => InFragments($"9.4.{i + 1}", Binary(Noise(4 * MiB)), size)),
        .. PieceSizes.Select(static (size, i) => InPieces($"9.5.{i + 1}", Text(Utf8(MiB)), size)),
        InPieces("9.5.1a", Text(Utf8(16 * KiB)), 1),
        .. PieceSizes.Select(static (size, i) => InPieces($"9.6.{i + 1}", Binary(Noise(MiB)), size)),
        InPieces("9.6.1a", Binary(Noise(16 * KiB)), 1),
        .. RoundTripSizes.Select(static (size, i) => ThereAndBack($"9.7.{i + 1}", Text(Utf8(size)))),
        .. RoundTripSizes.Select(static (size, i) => ThereAndBack($"9.8.{i + 1}", Binary(Noise(size)))),
    ];

    private static IEnumerable<Frame> TooManyFragments => Fragments(Text(Utf8(4 * MiB)), 64).Take(new MessageLimits().MaxFragments + 1);

    private static Case Whole(string id, Frame message) => new(id, Describe(message), Send(message), Returns(message));

    private static Case InFragments(string id, Frame message, int size) =>
        new(id, $"{Describe(message)} in fragments of {size:N0}", Send(Fragments(message, size)), Returns(message));

    private static Case InPieces(string id, Frame message, int size) =>
        new(id, $"{Describe(message)} in pieces of {size:N0}", Send(message).InPiecesOf(size), Returns(message));

    private static Case ThereAndBack(string id, Frame message) => new(
        id,
        $"{Describe(message)} there and back {RoundTrips:N0} times",
        Enumerable.Repeat(new Step(Send(message), Returns(message)), RoundTrips));

    private static string Describe(Frame message) =>
        $"{message.Payload.Length:N0} octets of {(message.Opcode == Frame.Text ? "text" : "binary")}";
}
