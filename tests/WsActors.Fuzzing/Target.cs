namespace WsActors.Fuzzing;

/// <summary>Something that takes bytes from a peer. What any bytes must meet there is the <see cref="Contract"/>. Immutable.</summary>
/// <param name="Name">As people type it.</param>
/// <param name="Start">Makes a reader that has read nothing; two of them share nothing.</param>
/// <param name="Shape">Bytes of the form that the reader expects: mostly legal, often not quite.</param>
/// <param name="Sessions">Valid inputs, which are mutated.</param>
/// <param name="Memory">What reading may cost.</param>
internal sealed record Target(
    string Name,
    Func<IReader> Start,
    Func<Random, byte[]> Shape,
    IReadOnlyList<byte[]> Sessions,
    MemoryBound Memory)
{
    public override string ToString() => Name;
}

/// <summary>A parser under test, and all that its owner does with what it reads.</summary>
internal interface IReader : IDisposable
{
    /// <summary>Takes a chunk to its end, and notes the facts in it.</summary>
    void Take(ReadOnlySpan<byte> chunk, Reading reading);

    /// <summary>Notes how it stands when nothing more comes.</summary>
    void Finish(Reading reading);

    /// <summary>Most readers hold nothing but memory.</summary>
    void IDisposable.Dispose()
    {
    }
}

/// <summary>How many bytes a reader may allocate.</summary>
/// <param name="Fixed">Whatever comes.</param>
/// <param name="PerByte">In addition, for each byte of the input: linear, however it is cut.</param>
/// <param name="BetweenFacts">
/// From one fact to the next, whatever the length of the input. A reader that hands over all it has with a fact holds no more than this.
/// </param>
internal sealed record MemoryBound(int Fixed, int PerByte, int BetweenFacts = int.MaxValue);
