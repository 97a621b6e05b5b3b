namespace WsActors.Interleavings.Exploring;

/// <summary>A vector clock: the last step of each thread that happened before something. Immutable.</summary>
/// <param name="last">The steps' numbers, by thread.</param>
internal sealed class Clock(params int[] last)
{
    public static Clock Start { get; } = new();

    public bool Includes(int thread, int step) => thread < last.Length && step <= last[thread];

    public Clock With(int thread, int step)
    {
        var grown = new int[Math.Max(last.Length, thread + 1)];
        Array.Fill(grown, -1, last.Length, grown.Length - last.Length);
        last.CopyTo(grown, 0);
        grown[thread] = step;
        return new Clock(grown);
    }

    public Clock Join(Clock other) => Length >= other.Length
        ? new Clock([.. Enumerable.Range(0, Length).Select(thread => Math.Max(last[thread], other.At(thread)))])
        : other.Join(this);

    private int Length => last.Length;

    private int At(int thread) => thread < last.Length ? last[thread] : -1;
}
