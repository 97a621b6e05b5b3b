using WsActors.Runtime;

namespace WsActors.Tests;

/// <summary>Text of a peer stays on its log line, and controls no terminal.</summary>
public sealed class LogSanitizerTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("schön, 日本語 🎉", "schön, 日本語 🎉")]
    [InlineData("a\nb\r\tc\0", "a\\u000ab\\u000d\\u0009c\\u0000")]
    [InlineData("\u001b[2J\u009b1m\u007f", "\\u001b[2J\\u009b1m\\u007f")]
    [InlineData("\u2028\u2029\u202e\u200b\ufeff", "\\u2028\\u2029\\u202e\\u200b\\ufeff")]
    public void Line_breaks_and_terminal_controls_are_escaped(string text, string escaped) =>
        Assert.Equal(escaped, LogSanitizer.Escaped(text));

    [Fact]
    public void A_long_text_is_cut_even_within_a_character()
    {
        Assert.Equal(new string('a', 300), LogSanitizer.Escaped(new string('a', 300)));
        Assert.Equal(new string('a', 300) + "…", LogSanitizer.Escaped(new string('a', 301)));
        Assert.Equal(new string('a', 299) + "\ufffd…", LogSanitizer.Escaped(new string('a', 299) + "🎉"));
    }

    [Fact]
    public void An_exception_is_logged_with_type_stack_and_causes_escaped()
    {
        var thrown = Assert.Throws<InvalidOperationException>(Throw);

        var text = new SanitizedException(thrown).ToString();

        Assert.StartsWith("System.InvalidOperationException: one\\u000atwo" + Environment.NewLine, text, StringComparison.Ordinal);
        Assert.Contains("---> System.FormatException: three\\u000afour", text, StringComparison.Ordinal);
        Assert.Contains(nameof(LogSanitizerTests), text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_whose_message_throws_or_whose_causes_are_endless_is_logged()
    {
        Exception deep = new Mute();
        for (var i = 0; i < 10_000; i++)
        {
            deep = new InvalidOperationException("", deep);
        }

        Assert.Contains("(no message)", new SanitizedException(new Mute()).ToString(), StringComparison.Ordinal);
        Assert.InRange(new SanitizedException(deep).ToString().Length, 1, 10_000);
    }

    private static void Throw() => throw new InvalidOperationException("one\ntwo", new FormatException("three\nfour"));

    private sealed class Mute : Exception
    {
        public override string Message => throw new NotSupportedException();
    }
}
