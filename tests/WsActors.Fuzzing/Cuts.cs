namespace WsActors.Fuzzing;

/// <summary>
/// The ways a network may cut the same bytes, as ranges: the bytes are not copied, so that only the parser's memory counts.
/// </summary>
internal static class Cuts
{
    public static IReadOnlyList<Range> Whole(byte[] input) => [0..input.Length];

    public static IReadOnlyList<Range> ByteByByte(byte[] input) => [.. Enumerable.Range(0, input.Length).Select(static at => at..(at + 1))];

    /// <summary>Small and large chunks, and now and then an empty one.</summary>
    public static IReadOnlyList<Range> Random(byte[] input, Random random)
    {
        var cuts = new List<Range>();
        var longest = random.Next(2) == 0 ? 16 : 1 + input.Length;
        for (var start = 0; start < input.Length;)
        {
            var end = Math.Min(input.Length, start + random.Next(longest + 1));
            cuts.Add(start..end);
            start = end;
        }

        return cuts;
    }
}
