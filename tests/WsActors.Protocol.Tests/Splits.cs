namespace WsActors.Protocol.Tests;

/// <summary>The ways a network may cut the same bytes.</summary>
internal static class Splits
{
    /// <summary>Whole, cut once at each position, and byte by byte.</summary>
    public static IEnumerable<byte[][]> Of(byte[] wire)
    {
        yield return [wire];

        for (var cut = 1; cut < wire.Length; cut++)
        {
            yield return [wire[..cut], wire[cut..]];
        }

        yield return [.. wire.Select(static octet => new[] { octet })];
    }

    /// <summary>Cut at random into chunks of 0 to <paramref name="longest"/> bytes.</summary>
    public static byte[][] Random(byte[] wire, Random random, int longest)
    {
        var chunks = new List<byte[]>();
        for (var start = 0; start < wire.Length;)
        {
            var end = Math.Min(wire.Length, start + random.Next(longest + 1));
            chunks.Add(wire[start..end]);
            start = end;
        }

        return [.. chunks];
    }
}
