using System.Globalization;
using System.Text;

namespace WsActors.Runtime;

/// <summary>Makes text that a peer may have written fit for a log: one line, no control characters, bounded length.</summary>
internal static class LogSanitizer
{
    private const int MaxCharacters = 300;

    private const int MaxQuotedCharacters = 200;

    /// <summary>Escapes control and format characters, line separators and lone surrogates as <c>\u000a</c> and the like.</summary>
    public static string Escaped(string text)
    {
        var shown = text.Length <= MaxCharacters ? text : text[..MaxCharacters];
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

    /// <summary>An origin or a host as a request spells it; characters that are not visible ASCII become question marks.</summary>
    public static string Quoted(string name)
    {
        var visible = string.Concat(name.Take(MaxQuotedCharacters).Select(static c => c is > ' ' and <= '~' ? c : '?'));
        return name.Length <= MaxQuotedCharacters ? visible : visible + "…";
    }

    private static bool IsUnsafe(char c) => char.IsSurrogate(c) || char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
