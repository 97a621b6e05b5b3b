using System.Globalization;
using System.Text;

namespace WsActors.Runtime;

/// <summary>Text that a peer may have written, made fit for a log: one line, no control characters, bounded length.</summary>
internal static class LogSanitizer
{
    private const int MostCharacters = 300;

    private const int MostQuotedCharacters = 200;

    /// <summary>Control and format characters, line separators and halves of characters become <c>\u000a</c> and the like.</summary>
    public static string Escaped(string text)
    {
        var shown = text.Length <= MostCharacters ? text : text[..MostCharacters];
        if (shown.Length < text.Length || shown.Any(IsUnsafe))
        {
            var escaped = new StringBuilder(shown.Length);
            foreach (var rune in shown.EnumerateRunes())
            {
                escaped.Append(rune.IsBmp && IsUnsafe((char)rune.Value) ? $"\\u{rune.Value:x4}" : rune.ToString());
            }

            return escaped.Append(shown.Length < text.Length ? "…" : "").ToString();
        }

        return text;
    }

    /// <summary>An origin or a host as a request spells it: whatever is not plainly visible ASCII becomes a question mark.</summary>
    public static string Quoted(string name)
    {
        var visible = string.Concat(name.Take(MostQuotedCharacters).Select(static c => c is > ' ' and <= '~' ? c : '?'));
        return name.Length <= MostQuotedCharacters ? visible : visible + "…";
    }

    private static bool IsUnsafe(char c) => char.IsSurrogate(c) || char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
