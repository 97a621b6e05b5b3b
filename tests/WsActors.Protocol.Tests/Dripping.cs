using System.Diagnostics;

namespace WsActors.Protocol.Tests;

/// <summary>Feeds an input byte by byte, so that a parser that starts over with each chunk takes longest.</summary>
internal static class Dripping
{
    /// <summary>So short that on a machine with other work, too, some run of a slice is not interrupted.</summary>
    private const int SliceBytes = 2048;

    private const int Runs = 5;

    /// <summary>
    /// How many times more the last bytes cost than the first: about once if each byte is looked at once, and ever more with the length of
    /// the input if earlier bytes are looked at again. Only the fastest slices count, the same number at either end.
    /// </summary>
    /// <param name="input">At least sixteen slices.</param>
    /// <param name="start">Creates a new parser; the result takes a chunk.</param>
    public static double CostOfLastToFirst(byte[] input, Func<Action<ReadOnlySpan<byte>>> start)
    {
        var fastest = Enumerable.Repeat(TimeSpan.MaxValue, input.Length / SliceBytes).ToArray();
        for (var run = 0; run < Runs; run++)
        {
            var take = start();
            for (var slice = 0; slice < fastest.Length; slice++)
            {
                var clock = Stopwatch.GetTimestamp();
                for (var at = slice * SliceBytes; at < (slice + 1) * SliceBytes; at++)
                {
                    take(input.AsSpan(at, 1));
                }

                var elapsed = Stopwatch.GetElapsedTime(clock);
                fastest[slice] = elapsed < fastest[slice] ? elapsed : fastest[slice];
            }
        }

        return fastest[^8..].Min() / fastest[..8].Min();
    }
}
