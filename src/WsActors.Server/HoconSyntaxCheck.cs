namespace WsActors.Server;

/// <summary>
/// Checks the brackets and quotes of HOCON text before Akka's parser reads it: that parser ignores mismatched ones, or never returns.
/// </summary>
internal static class HoconSyntaxCheck
{
    private const string Quotes = "\"\"\"";

    /// <summary>The first error with its line; null without an error.</summary>
    public static string? FirstError(string text)
    {
        var open = new Stack<(char Bracket, int Line)>();
        var line = 1;
        for (var i = 0; i < text.Length; i++)
        {
            var rest = text.AsSpan(i);
            switch (text[i])
            {
                case '\n':
                    line++;
                    break;
                case '#':
                case '/' when rest.StartsWith("//"):
                    i += rest.IndexOf('\n') is >= 0 and var comment ? comment - 1 : rest.Length;
                    break;
                case '"' when LengthOfString(rest) is var length:
                    if (length < 0)
                    {
                        return $"the string that begins in line {line} does not end";
                    }

                    line += rest[..length].Count('\n');
                    i += length - 1;
                    break;
                case '{' or '[':
                    open.Push((text[i], line));
                    break;
                case '}' or ']':
                    if (!open.TryPop(out var last) || (last.Bracket == '{') != (text[i] == '}'))
                    {
                        return last.Line == 0
                            ? $"'{text[i]}' in line {line} closes nothing"
                            : $"'{text[i]}' in line {line} closes the '{last.Bracket}' of line {last.Line}";
                    }

                    break;
            }
        }

        return open.TryPeek(out var unclosed) ? $"the '{unclosed.Bracket}' of line {unclosed.Line} is never closed" : null;
    }

    /// <summary>The length of a string with its quotes; negative if its end, or the end within the line, is missing.</summary>
    private static int LengthOfString(ReadOnlySpan<char> text)
    {
        if (text.StartsWith(Quotes))
        {
            var end = text[Quotes.Length..].IndexOf(Quotes);
            return end < 0 ? -1 : end + (2 * Quotes.Length);
        }

        for (var i = 1; i < text.Length && text[i] != '\n'; i++)
        {
            if (text[i] == '"')
            {
                return i + 1;
            }

            i += text[i] == '\\' ? 1 : 0;
        }

        return -1;
    }
}
