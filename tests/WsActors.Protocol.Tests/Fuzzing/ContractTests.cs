using WsActors.Fuzzing;

namespace WsActors.Protocol.Tests.Fuzzing;

/// <summary>A reader that breaks the contract is found out, whichever part it breaks, and the failure says how to see it again.</summary>
public class ContractTests
{
    [Fact]
    public void A_reader_that_keeps_the_contract_passes()
    {
        var receivePath = Contract.Check(TargetOf(static (chunk, receivePath) => AddEach(chunk, receivePath)), [1, 2, 3], seed: 1);

        Assert.Equal(new[] { "Byte 1", "Byte 2", "Byte 3" }, receivePath.Facts);
    }

    [Fact]
    public void An_exception_is_a_failure_that_names_target_seed_and_input()
    {
        var failure = Fails(static (chunk, _) => throw new NotSupportedException("Our bug."));

        Assert.Contains("target fake, seed 7, input 0001020304050607", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("Our bug.", failure.Message, StringComparison.Ordinal);
        Assert.IsType<NotSupportedException>(failure.InnerException);
    }

    [Fact]
    public void Facts_that_depend_on_the_chunks_are_a_failure() =>
        Assert.Contains("depend on the chunks", Fails(static (chunk, receivePath) => receivePath.Add("Chunk", chunk.Length, "")).Message, StringComparison.Ordinal);

    [Fact]
    public void An_end_that_depends_on_the_chunks_is_a_failure() =>
        Assert.Contains("depend on the chunks", Fails(static (chunk, receivePath) => receivePath.End("", $"{chunk.Length}")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_fact_after_the_last_one_is_a_failure() => Assert.Contains("after the last one", Fails(static (chunk, receivePath) =>
    {
        receivePath.AddLast("1002");
        AddEach(chunk, receivePath);
    }).Message, StringComparison.Ordinal);

    [Fact]
    public void More_facts_than_bytes_are_a_failure() => Assert.Contains("more facts than bytes", Fails(static (chunk, receivePath) =>
    {
        AddEach(chunk, receivePath);
        AddEach(chunk, receivePath);
    }).Message, StringComparison.Ordinal);

    [Fact]
    public void A_parser_that_is_called_without_end_is_a_failure() => Assert.Contains("does not advance", Fails(static (_, receivePath) =>
    {
        while (true)
        {
            receivePath.StartStep();
            receivePath.EndStep();
        }
    }).Message, StringComparison.Ordinal);

    [Fact]
    public void Memory_that_is_not_justified_by_the_bytes_is_a_failure() =>
        Assert.Contains("allocated for an input of 8", Fails(static (_, receivePath) => Allocate(1000, receivePath)).Message, StringComparison.Ordinal);

    [Fact]
    public void Memory_that_piles_up_between_facts_is_a_failure_however_long_the_input() => Assert.Contains(
        "between two facts",
        Fails(static (_, receivePath) => Allocate(300, receivePath), new(Fixed: 1_000_000, PerByte: 0, BetweenFacts: 200)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Memory_that_is_paid_once_a_process_is_no_failure()
    {
        var isPaid = false;
        Contract.Check(TargetOf((_, receivePath) =>
        {
            Allocate(isPaid ? 0 : 1000, receivePath);
            isPaid = true;
        }), [1], seed: 1);
    }

    private static void AddEach(ReadOnlySpan<byte> chunk, ReceivePath receivePath)
    {
        foreach (var octet in chunk)
        {
            receivePath.Add("Byte", 0, $"{octet}");
        }
    }

    private static void Allocate(int bytes, ReceivePath receivePath)
    {
        receivePath.StartStep();
        GC.KeepAlive(bytes == 0 ? null : new byte[bytes]);
        receivePath.EndStep();
    }

    private static FuzzingException Fails(Taking take, MemoryBound? memory = null) =>
        Assert.Throws<FuzzingException>(() => Contract.Check(TargetOf(take, memory), [0, 1, 2, 3, 4, 5, 6, 7], seed: 7));

    private static Target TargetOf(Taking take, MemoryBound? memory = null) =>
        new("fake", () => new FakeReader(take), static _ => [], [], memory ?? new(Fixed: 100, PerByte: 10));

    private delegate void Taking(ReadOnlySpan<byte> chunk, ReceivePath receivePath);

    private sealed class FakeReader(Taking take) : IReader
    {
        public void Take(ReadOnlySpan<byte> chunk, ReceivePath receivePath) => take(chunk, receivePath);

        public void Finish(ReceivePath receivePath)
        {
        }
    }
}
