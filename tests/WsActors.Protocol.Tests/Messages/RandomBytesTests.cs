using WsActors.Protocol.Messages;
using WsActors.Protocol.Tests.Frames;

namespace WsActors.Protocol.Tests.Messages;

/// <summary>Whatever comes ends in facts or in one violation, which <see cref="Facts.Line"/> checks, and never in an exception.</summary>
public class RandomBytesTests
{
    private static readonly MessageLimits Limits = new(MaxMessageBytes: 400, MaxFragments: 5);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10), Environment.TickCount];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_bytes_end_in_facts_or_one_violation(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var wire = new byte[random.Next(60)];
            random.NextBytes(wire);
            AssertSameFactsHoweverCut(wire, random, seed);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Good_frames_with_a_few_bad_bytes_end_in_facts_or_one_violation(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 100; round++)
        {
            var wire = Enumerable.Range(0, random.Next(1, 30)).SelectMany(_ => RandomFrame(random)).ToArray();
            for (var bad = random.Next(3); bad > 0; bad--)
            {
                wire[random.Next(wire.Length)] = (byte)random.Next(256);
            }

            AssertSameFactsHoweverCut(wire, random, seed);
        }
    }

    private static void AssertSameFactsHoweverCut(byte[] wire, Random random, int seed)
    {
        foreach (var role in new[] { Role.Server, Role.Client })
        {
            try
            {
                var whole = Facts.Of(new(role, Limits), wire);
                Assert.DoesNotContain(whole.SkipLast(1), Facts.IsViolation);
                Assert.Equal(whole, Facts.Of(new(role, Limits), Splits.Random(wire, random, longest: 20)));
                Assert.Equal(whole, Facts.Of(new(role, Limits), wire.Select(static octet => new[] { octet })));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}, {role}: {Wire.Hex(wire)}", error);
            }
        }
    }

    /// <summary>Mostly a legal frame of a client; that each may follow the last is left to chance.</summary>
    private static byte[] RandomFrame(Random random)
    {
        byte[] firsts = [0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x00, 0x80, 0x89, 0x8A, 0x88];
        var first = firsts[random.Next(random.Next(20) == 0 ? firsts.Length : firsts.Length - 1)];
        var payload = new byte[random.Next(4) == 0 ? random.Next(90, 130) : random.Next(10)];
        Array.Fill(payload, (byte)'a');
        return Wire.Frame(first, payload, random.Next(30) == 0 ? null : Wire.Key);
    }
}
