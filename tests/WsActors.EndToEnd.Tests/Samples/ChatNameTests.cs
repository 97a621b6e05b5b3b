using WsActors.Server.Samples;

namespace WsActors.EndToEnd.Tests.Samples;

/// <summary>Names: 1 to 32 visible characters.</summary>
public sealed class ChatNameTests
{
    [Theory]
    [InlineData("Ann", "Ann")]
    [InlineData(" a \t\n b\u202e\u0007 ", "a b")]
    [InlineData("😀é", "😀é")]
    [InlineData("12345678901234567890123456789012", "12345678901234567890123456789012")]
    public void Invisible_characters_are_removed(string raw, string name) => Assert.Equal(name, Clean(raw));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("\u200d\u200b")]
    [InlineData("\ud800")]
    [InlineData("123456789012345678901234567890123")]
    public void An_empty_or_long_text_is_not_a_name(string? raw) => Assert.Null(Clean(raw));

    private static string? Clean(string? raw) => ChatName.TryClean(raw, out var name) ? name : null;
}
