namespace WsActors.Fuzzing;

/// <summary>
/// The rules for any bytes in any target: facts or one documented violation, and never an exception; the same facts and the same end
/// however they are cut; no more memory than the bound; and no more facts, nor calls of the parser, than there are bytes and chunks.
/// </summary>
internal static class Contract
{
    /// <summary>Reads the input whole, cut at random, and byte by byte.</summary>
    /// <param name="target">The reader.</param>
    /// <param name="input">The bytes of a peer.</param>
    /// <param name="seed">Decides the cuts. The same seed cuts the same input in the same way.</param>
    /// <returns>The facts.</returns>
    /// <exception cref="FuzzingException">The contract is broken.</exception>
    public static Reading Check(Target target, byte[] input, int seed)
    {
        try
        {
            var whole = Read(target, input, Cuts.Whole(input));
            RequireSame(whole, Read(target, input, Cuts.Random(input, new(seed))), "cut at random");
            RequireSame(whole, Read(target, input, Cuts.ByteByByte(input)), "byte by byte");
            return whole;
        }
        catch (Exception error)
        {
            throw new FuzzingException(target, input, seed, error);
        }
    }

    private static Reading Read(Target target, byte[] input, IReadOnlyList<Range> cuts)
    {
        var reading = ReadOnce(target, input, cuts);
        for (var more = 3; more > 0 && Excess(target.Memory, reading, input.Length) is not null; more--)
        {
            // The first input of a process also pays for initialization, such as tables, and a collection on another thread adds to the
            // count. Only the cost of each repetition belongs to the input.
            reading = ReadOnce(target, input, cuts);
        }

        var excess = Excess(target.Memory, reading, input.Length);
        Reading.Require(excess is null, excess ?? "");
        Reading.Require(reading.Facts.Count <= input.Length, "There are more facts than bytes.");
        return reading;
    }

    private static Reading ReadOnce(Target target, byte[] input, IReadOnlyList<Range> cuts)
    {
        var reading = new Reading(mostSteps: (2 * (input.Length + cuts.Count)) + 8);
        using var reader = target.Start();
        foreach (var cut in cuts)
        {
            reader.Take(input.AsSpan(cut), reading);
        }

        reader.Finish(reading);
        return reading;
    }

    private static string? Excess(MemoryBound bound, Reading reading, int bytes) => reading switch
    {
        { Allocated: var all } when all > bound.Fixed + ((long)bound.PerByte * bytes) =>
            $"{all} bytes were allocated for an input of {bytes}.",
        { MostAllocatedBetweenFacts: var most } when most > bound.BetweenFacts =>
            $"{most} bytes were allocated between two facts.",
        _ => null,
    };

    private static void RequireSame(Reading whole, Reading cut, string how) => Reading.Require(
        whole.ToString() == cut.ToString(),
        $"The facts depend on the chunks. Whole: {whole}. And {how}: {cut}.");
}

/// <summary>An input that breaks the contract, with all that is needed to see it again.</summary>
internal sealed class FuzzingException(Target target, byte[] input, int seed, Exception cause)
    : Exception($"target {target}, seed {seed}, input {Convert.ToHexString(input)}: {cause.Message}", cause)
{
    public Target Target => target;

    public byte[] Input => input;

    public int Seed => seed;
}
