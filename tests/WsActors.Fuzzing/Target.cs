namespace WsActors.Fuzzing;

/// <summary>A reader of a peer's bytes. The rules for all readers are the <see cref="Contract"/>. Immutable.</summary>
/// <param name="Name">As people type it.</param>
/// <param name="Start">Makes a reader that has read nothing; two of them share nothing.</param>
/// <param name="Shape">Bytes of the form that the reader expects: mostly legal, often not quite.</param>
/// <param name="Sessions">Valid inputs, which are mutated.</param>
/// <param name="Memory">The maximum cost of reading.</param>
internal sealed record Target(
    string Name,
    Func<IReader> Start,
    Func<Random, byte[]> Shape,
    IReadOnlyList<byte[]> Sessions,
    MemoryBound Memory)
{
    public override string ToString() => Name;
}

/// <summary>A parser under test, and the further use of its facts by its owner.</summary>
internal interface IReader : IDisposable
{
    /// <summary>Takes a chunk to its end, and notes the facts in it.</summary>
    void Take(ReadOnlySpan<byte> chunk, Reading reading);

    /// <summary>Records the state at the end of the input.</summary>
    void Finish(Reading reading);

    /// <summary>Most readers hold nothing but memory.</summary>
    void IDisposable.Dispose()
    {
    }
}

/// <summary>The number of bytes that a reader may allocate.</summary>
/// <param name="Fixed">Independent of the input.</param>
/// <param name="PerByte">In addition, for each byte of the input: linear, however it is cut.</param>
/// <param name="BetweenFacts">
/// From one fact to the next, independent of the input's length. A reader that reports all its data with a fact holds no more than this.
/// </param>
internal sealed record MemoryBound(int Fixed, int PerByte, int BetweenFacts = int.MaxValue);
