using WsActors.EndToEnd.Tests;

namespace WsActors.Documents.Tests;

/// <summary>The README's test of its handler passes. Its program is run by <see cref="ProgramTests"/>.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void Its_program_is_the_sample()
    {
        var sample = File.ReadAllText(Path.Combine(Repository.Root, "samples", "HelloWebSocket", "Program.cs"));

        Assert.Equal(CodeBlock.Of("README.md", 1).Code, sample);
    }

    [Fact]
    public void Its_test_passes()
    {
        var program = CodeBlock.Of("README.md", 1).Code;
        var handler = program[program.IndexOf("public sealed class", StringComparison.Ordinal)..];
        const string Usings = """
            using Akka.Actor;
            using Akka.Event;
            using Akka.TestKit.Xunit2;
            using WsActors;
            using WsActors.Routing;
            using WsActors.TestKit;
            using Xunit;

            """;
        var type = Compiler.Load(Usings + handler + CodeBlock.Of("README.md", 3).Code).GetType("GreetingTests")!;

        using var test = (Akka.TestKit.Xunit2.TestKit)Activator.CreateInstance(type)!;
        type.GetMethod("It_repeats_what_you_say")!.Invoke(test, null);
    }
}
