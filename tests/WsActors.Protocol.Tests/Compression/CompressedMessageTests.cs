using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.Protocol.Tests.Frames;
using WsActors.Protocol.Tests.Messages;

namespace WsActors.Protocol.Tests.Compression;

/// <summary>The examples of RFC 7692 §7.2.3 and the rules around them, cut in every way.</summary>
public class CompressedMessageTests
{
    private const string Hello = "Text 48 65 6C 6C 6F";

    [Theory]
    [InlineData("C1 07 F2 48 CD C9 C9 07 00", Hello)] // §7.2.3.1
    [InlineData("41 03 F2 48 CD 80 04 C9 C9 07 00", Hello)] // The same in two fragments.
    [InlineData("C1 0B 00 05 00 FA FF 48 65 6C 6C 6F 00", Hello)] // §7.2.3.3: a block that is stored.
    [InlineData("C1 08 F3 48 CD C9 C9 07 00 00", Hello)] // §7.2.3.4: a last block.
    [InlineData("C1 0D F2 48 05 00 00 00 FF FF CA C9 C9 07 00", Hello)] // §7.2.3.5: two blocks.
    [InlineData("C1 01 00", "Text")] // §7.2.3.6: nothing.
    [InlineData("C1 00", "Text")] // Nothing at all, as some senders have it.
    public void The_examples_of_the_RFC_are_read(string wire, string fact)
    {
        AssertRead(keepsContext: false, wire, fact);
        AssertRead(keepsContext: true, wire, fact);
        AssertRead(keepsContext: false, $"{wire} {wire}", fact, fact);
        AssertRead(keepsContext: true, $"{wire} {wire}", fact, fact);
    }

    [Fact]
    public void A_message_may_refer_to_the_one_before_it_where_the_context_is_kept()
    {
        // §7.2.3.2
        AssertRead(keepsContext: true, "C1 07 F2 48 CD C9 C9 07 00 C1 05 F2 00 11 00 00", Hello, Hello);
        AssertRead(keepsContext: false, "C1 07 F2 48 CD C9 C9 07 00 C1 05 F2 00 11 00 00", Hello, "Violation 1007");
    }

    private static void AssertRead(bool keepsContext, string wire, params string[] facts)
    {
        foreach (var chunks in Splits.Of(Wire.Bytes(wire)))
        {
            using var parser = new StreamParser(Role.Client, Facts.Limits, new Inflater(keepsContext));
            Assert.Equal(facts, Facts.Of(parser, chunks));
        }
    }
}
