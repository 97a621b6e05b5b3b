using System.Numerics;

namespace WsActors.Benchmarks.Load;

/// <summary>
/// Counts times in buckets that are 1/128 as wide as what they hold, as HdrHistogram does: any percentile is right to 0.8 %, in 58 KB,
/// however much is recorded.
/// </summary>
internal sealed class Histogram
{
    private const int SubBucketBits = 7;

    private const int SubBuckets = 1 << SubBucketBits;

    private readonly long[] _counts = new long[(64 - SubBucketBits) * SubBuckets];

    /// <summary>How many times were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a time; one below zero counts as zero.</summary>
    public void Record(long nanoseconds)
    {
        _counts[IndexOf(Math.Max(0, nanoseconds))]++;
        Count++;
    }

    /// <summary>The time that so much of all is not above: the upper end of its bucket; zero when nothing was recorded.</summary>
    /// <param name="fraction">From 0 to 1: 0.99 is the 99th percentile.</param>
    public long Percentile(double fraction)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(fraction * Count));
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return UpperEndOf(i);
            }
        }

        return 0;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
    }

    // Below 128 each value has a bucket. From there on, each doubling has 128 of them: the top seven bits behind the leading one choose.
    private static int IndexOf(long value)
    {
        var doublings = Math.Max(0, BitOperations.Log2((ulong)value) - SubBucketBits);
        return (doublings * SubBuckets) + (int)(value >> doublings);
    }

    private static long UpperEndOf(int index)
    {
        var doublings = Math.Max(0, (index / SubBuckets) - 1);
        return ((index - (doublings * SubBuckets) + 1L) << doublings) - 1;
    }
}
