using WsActors.Conformance.Tests.Script;
using static WsActors.Conformance.Tests.Script.Samples;

namespace WsActors.Conformance.Tests.Cases;

/// <summary>
/// Compressed messages of many sizes, whole and in fragments: of different contents where nothing special is offered, and with every
/// parameter that a client may ask of a server.
/// </summary>
internal static class Compression
{
    private static readonly Corpus[] Corpora = [Corpus.Records, Corpus.Picture, Corpus.Prose, Corpus.Markup, Corpus.Noise];

    private static readonly Deflate Default = new(MessageCompression.Dedicated, "permessage-deflate; client_max_window_bits");

    /// <summary>The answer to the same offer of a server that keeps no context.</summary>
    private static readonly Deflate Shared = Default with { Mode = MessageCompression.Shared, ServerKeepsContext = false };

    private static readonly Deflate[] Agreements =
    [
        Asking("permessage-deflate"),
        Asking("permessage-deflate; server_no_context_takeover") with { ServerKeepsContext = false },
        Asking("permessage-deflate; server_max_window_bits=9") with { ServerWindowBits = 9 },
        Asking("permessage-deflate; server_max_window_bits=15"),
        Asking("permessage-deflate; server_no_context_takeover; server_max_window_bits=9") with
        {
            ServerKeepsContext = false,
            ServerWindowBits = 9,
        },
        Asking("permessage-deflate; server_no_context_takeover; server_max_window_bits=15") with { ServerKeepsContext = false },
        Asking(
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=9, permessage-deflate; server_no_context_takeover, "
                + "permessage-deflate")
            with { ServerKeepsContext = false, ServerWindowBits = 9 },
    ];

    private static readonly (int Size, int FragmentSize)[] Shapes =
    [
        (16, 0), (64, 0), (256, 0), (KiB, 0), (4 * KiB, 0), (8 * KiB, 0), (16 * KiB, 0), (32 * KiB, 0), (64 * KiB, 0), (128 * KiB, 0),
        (8 * KiB, 256), (16 * KiB, 256), (32 * KiB, 256), (64 * KiB, 256), (128 * KiB, 256),
        (128 * KiB, KiB), (128 * KiB, 4 * KiB), (128 * KiB, 32 * KiB),
    ];

    public static IEnumerable<Row> OfDifferentContents =>
    [
        .. Corpora.SelectMany(static (corpus, i) => InEveryShape($"12.{i + 1}", "", corpus, Default)),
        .. InEveryShape("12.1", "a", Corpus.Records, Shared),
    ];

    public static IEnumerable<Row> WithParameters =>
    [
        .. Agreements.SelectMany(static (agreement, i) => InEveryShape($"13.{i + 1}", "", Corpus.Records, agreement)),
    ];

    private static Deflate Asking(string offers) => Default with { Offers = offers };

    private static IEnumerable<Row> InEveryShape(string section, string letter, Corpus corpus, Deflate agreement) =>
        Shapes.Select((shape, i) => new Exchange(
            $"{section}.{i + 1}{letter}",
            $"{shape.Size:N0} octets of {corpus.Name}{(shape.FragmentSize == 0 ? "" : $" in fragments of {shape.FragmentSize:N0}")}, "
                + $"{agreement.Mode}",
            corpus,
            shape.Size,
            shape.FragmentSize,
            agreement));
}
