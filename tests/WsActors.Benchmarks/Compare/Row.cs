using WsActors.Benchmarks.Load;

namespace WsActors.Benchmarks.Compare;

/// <summary>One comparison with its name.</summary>
/// <param name="Name">As the command line has it.</param>
/// <param name="Title">Above its table.</param>
/// <param name="Variant">The variant of the servers' start.</param>
/// <param name="Shapes">The loads, one after the other.</param>
internal sealed record Row(string Name, string Title, Variant Variant, params Shape[] Shapes)
{
    /// <summary>Its shape is measured at a rate that is found out first.</summary>
    public const string Paced = "paced";

    /// <summary>It measures memory.</summary>
    public const string Idle = "idle";

    private const int Kibi = 1024;

    private static readonly Shape Small = Shape.Of(LoadKind.Echo, 64, 100);

    private static readonly Shape Medium = Shape.Of(LoadKind.Echo, 4 * Kibi, 100, depth: 4);

    public static IReadOnlyList<Row> All { get; } =
    [
        new(
            "echo",
            "Echo",
            Variant.Plain,
            Small,
            Shape.Of(LoadKind.Echo, 64, 100, depth: 16),
            Medium,
            Shape.Of(LoadKind.Echo, 64 * Kibi, 10, depth: 2)),
        new(Paced, "Echo at half the rate that the slowest can do", Variant.Plain, Small),
        new("busy", "Echo on many connections", Variant.Plain, Shape.Of(LoadKind.Echo, 64, 5000)),
        new("connects", "Connect, open, echo, close; one connection after another", Variant.Plain, Shape.Of(LoadKind.Storm, 64, 20)),
        new(Idle, "Idle connections that have echoed once", Variant.Plain, Shape.Of(LoadKind.Idle, 64, 9000)),
        new("broadcast", "Broadcast, a delivery", Variant.Plain, Shape.Of(LoadKind.Fan, Kibi, 5000, path: "/broadcast/all")),
        new(
            "spread",
            "Broadcast on one node and on several, a delivery",
            Variant.Plain,
            Shape.Of(LoadKind.Fan, Kibi, 3000, path: "/broadcast/all")),
        new("tls", "Echo over TLS", Variant.Tls, Small, Medium),
        new(
            "deflate",
            "Echo of compressed text, each message for itself",
            Variant.Deflate,
            Compressed(Shape.Of(LoadKind.Echo, 4 * Kibi, 100))),
    ];

    private static Shape Compressed(Shape shape) => new(shape.Load with { IsCompressed = true });
}
