using System.Text.RegularExpressions;
using WsActors.Fuzzing;
using WsActors.Fuzzing.Inputs;

namespace WsActors.Protocol.Tests.Fuzzing;

/// <summary>The inputs are worth reading: the same for the same seed, and between them they meet every rule.</summary>
public class InputTests
{
    [Theory]
    [InlineData("stream-server", "1002 1007 1008 1009")]
    [InlineData("stream-client", "1002 1007 1008 1009")]
    [InlineData("deflate-server", "1002 1007 1008 1009")]
    [InlineData("session-server", "1002 1007 1008 1009 400 405 414 426 431 505")]
    [InlineData("session-client", "1002 1007 1008 1009")]
    [InlineData("request", "400 405 414 426 431 505")]
    public void Every_documented_code_occurs(string target, string codes)
    {
        var met = Enum.GetValues<InputKind>()
            .SelectMany(kind => Enumerable.Range(1, 1500).SelectMany(seed => Behaviour(Catalogue.Named(target), kind, seed)))
            .SelectMany(static step => Regex.Matches(step, @"> (\d+) ").Select(static match => match.Groups[1].Value));

        Assert.Equal(codes.Split(' ').Order(), met.Distinct().Order());
    }

    [Theory]
    [InlineData("session-server")]
    [InlineData("session-client")]
    public void Many_conversations_pass_their_handshake(string target)
    {
        var deep = Enumerable.Range(1, 1000).Count(seed => Behaviour(Catalogue.Named(target), InputKind.RandomShapes, seed).Any(IsMessage));

        Assert.InRange(deep, 400, 1000);
    }

    [Fact]
    public void The_input_depends_on_the_seed_only()
    {
        foreach (var target in Catalogue.Targets)
        {
            foreach (var kind in Enum.GetValues<InputKind>())
            {
                Assert.Equal(kind.For(target, 5), kind.For(target, 5));
                Assert.True(Enumerable.Range(1, 100).Select(seed => Convert.ToHexString(kind.For(target, seed))).Distinct().Count() > 50);
            }
        }
    }

    private static bool IsMessage(string step) =>
        step.EndsWith("Text", StringComparison.Ordinal) || step.EndsWith("Binary", StringComparison.Ordinal);

    private static IReadOnlySet<string> Behaviour(Target target, InputKind kind, int seed) =>
        Contract.Check(target, kind.For(target, seed), seed).Behaviour;
}
