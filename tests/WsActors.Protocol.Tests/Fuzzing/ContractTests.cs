using WsActors.Fuzzing;

namespace WsActors.Protocol.Tests.Fuzzing;

/// <summary>A reader that breaks any part of the contract is detected, and the failure has the command that reproduces it.</summary>
public class ContractTests
{
    [Fact]
    public void A_reader_that_keeps_the_contract_passes()
    {
        var reading = Contract.Check(TargetOf(static (chunk, reading) => AddEach(chunk, reading)), [1, 2, 3], seed: 1);

        Assert.Equal(new[] { "Byte 1", "Byte 2", "Byte 3" }, reading.Facts);
    }

    [Fact]
    public void An_exception_is_a_failure_with_target_seed_and_input()
    {
        var failure = Fails(static (chunk, _) => throw new NotSupportedException("Our bug."));

        Assert.Contains("target fake, seed 7, input 0001020304050607", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("Our bug.", failure.Message, StringComparison.Ordinal);
        Assert.IsType<NotSupportedException>(failure.InnerException);
    }

    [Fact]
    public void Facts_that_depend_on_the_chunks_are_a_failure() =>
        Assert.Contains(
            "depend on the chunks",
            Fails(static (chunk, reading) => reading.Add("Chunk", chunk.Length, "")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_end_that_depends_on_the_chunks_is_a_failure() =>
        Assert.Contains(
            "depend on the chunks", Fails(static (chunk, reading) => reading.End("", $"{chunk.Length}")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_fact_after_the_last_one_is_a_failure() => Assert.Contains("after the last one", Fails(static (chunk, reading) =>
    {
        reading.AddLast("1002");
        AddEach(chunk, reading);
    }).Message, StringComparison.Ordinal);

    [Fact]
    public void More_facts_than_bytes_are_a_failure() => Assert.Contains("more facts than bytes", Fails(static (chunk, reading) =>
    {
        AddEach(chunk, reading);
        AddEach(chunk, reading);
    }).Message, StringComparison.Ordinal);

    [Fact]
    public void A_parser_that_is_called_without_end_is_a_failure() => Assert.Contains("does not advance", Fails(static (_, reading) =>
    {
        while (true)
        {
            reading.StartStep();
            reading.EndStep();
        }
    }).Message, StringComparison.Ordinal);

    [Fact]
    public void Memory_beyond_the_input_is_a_failure() =>
        Assert.Contains(
            "allocated for an input of 8", Fails(static (_, reading) => Allocate(1000, reading)).Message, StringComparison.Ordinal);

    [Fact]
    public void Memory_that_accumulates_between_facts_is_a_failure_at_any_input_length() => Assert.Contains(
        "between two facts",
        Fails(static (_, reading) => Allocate(300, reading), new(Fixed: 1_000_000, PerByte: 0, BetweenFacts: 200)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Memory_allocated_once_a_process_is_not_a_failure()
    {
        var isPaid = false;
        Contract.Check(TargetOf((_, reading) =>
        {
            Allocate(isPaid ? 0 : 1000, reading);
            isPaid = true;
        }), [1], seed: 1);
    }

    private static void AddEach(ReadOnlySpan<byte> chunk, Reading reading)
    {
        foreach (var octet in chunk)
        {
            reading.Add("Byte", 0, $"{octet}");
        }
    }

    private static void Allocate(int bytes, Reading reading)
    {
        reading.StartStep();
        GC.KeepAlive(bytes == 0 ? null : new byte[bytes]);
        reading.EndStep();
    }

    private static FuzzingException Fails(Taking take, MemoryBound? memory = null) =>
        Assert.Throws<FuzzingException>(() => Contract.Check(TargetOf(take, memory), [0, 1, 2, 3, 4, 5, 6, 7], seed: 7));

    private static Target TargetOf(Taking take, MemoryBound? memory = null) =>
        new("fake", () => new FakeReader(take), static _ => [], [], memory ?? new(Fixed: 100, PerByte: 10));

    private delegate void Taking(ReadOnlySpan<byte> chunk, Reading reading);

    private sealed class FakeReader(Taking take) : IReader
    {
        public void Take(ReadOnlySpan<byte> chunk, Reading reading) => take(chunk, reading);

        public void Finish(Reading reading)
        {
        }
    }
}
