using WsActors.Fuzzing;
using WsActors.Fuzzing.Inputs;

namespace WsActors.Protocol.Tests.Fuzzing;

/// <summary>
/// Every target keeps the <see cref="Contract"/> for thousands of inputs. A failure names its target, its seed and its bytes;
/// CONTRIBUTING.md says how to look for more of them.
/// </summary>
public class TargetTests
{
    private const int CasesEach = 1000;

    /// <summary>Fewer inputs where they are large: each is read many times, in different pieces.</summary>
    private const long BytesEach = 4 * 1024 * 1024;

    public static TheoryData<string> Targets => [.. Catalogue.Targets.Select(static target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Random_bytes_are_facts_or_one_violation(string target) => CheckMany(InputKind.RandomBytes, target);

    [Theory]
    [MemberData(nameof(Targets))]
    public void Random_shapes_are_facts_or_one_violation(string target) => CheckMany(InputKind.RandomShapes, target);

    [Theory]
    [MemberData(nameof(Targets))]
    public void Mutated_sessions_are_facts_or_one_violation(string target) => CheckMany(InputKind.MutatedSessions, target);

    [Theory]
    [MemberData(nameof(Targets))]
    public void Random_inputs_are_facts_or_one_violation(string target)
    {
        var fresh = Random.Shared.Next(int.MaxValue - 100);
        for (var seed = fresh; seed < fresh + 100; seed++)
        {
            Array.ForEach(Enum.GetValues<InputKind>(), kind => Check(kind, Catalogue.Named(target), seed));
        }
    }

    private static void CheckMany(InputKind kind, string target)
    {
        var bytes = 0L;
        for (var seed = 1; seed <= CasesEach && bytes < BytesEach; seed++)
        {
            bytes += Check(kind, Catalogue.Named(target), seed);
        }
    }

    /// <returns>The length of the input.</returns>
    private static int Check(InputKind kind, Target target, int seed)
    {
        var input = kind.For(target, seed);
        Contract.Check(target, input, seed);
        return input.Length;
    }
}
