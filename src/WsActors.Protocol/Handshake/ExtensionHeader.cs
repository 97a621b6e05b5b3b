using System.Text;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// Parses <c>Sec-WebSocket-Extensions</c> (RFC 6455 §9.1): extensions separated by commas, each with parameters separated by semicolons.
/// Linear: each character is read once. Pure.
/// </summary>
public static class ExtensionHeader
{
    /// <summary>The header's name.</summary>
    internal const string Name = "Sec-WebSocket-Extensions";

    /// <summary>
    /// Reads the extensions of all lines, in order. Empty elements are skipped, as RFC 9110 §5.6.1.2 requires of a recipient. False when a
    /// line breaks the grammar: the connection must then fail (RFC 6455 §9.1).
    /// </summary>
    public static bool TryRead(IEnumerable<string> lines, out IReadOnlyList<Extension> extensions)
    {
        var read = new List<Extension>();
        extensions = read;
        foreach (var line in lines)
        {
            var scanner = new Scanner(line);
            while (scanner.SkipToElement())
            {
                if (!TryReadElement(ref scanner, out var extension))
                {
                    return false;
                }

                read.Add(extension);
            }
        }

        return true;
    }

    private static bool TryReadElement(ref Scanner scanner, out Extension extension)
    {
        List<ExtensionParameter>? parameters = null;
        var isRead = scanner.TryReadToken(out var name);
        while (isRead && scanner.TryTake(';'))
        {
            isRead = TryReadParameter(ref scanner, out var parameter);
            (parameters ??= []).Add(parameter);
        }

        extension = new(name, parameters ?? (IReadOnlyList<ExtensionParameter>)[]);
        return isRead && scanner.IsAtEndOfElement;
    }

    private static bool TryReadParameter(ref Scanner scanner, out ExtensionParameter parameter)
    {
        string? value = null;
        var isRead = scanner.TryReadToken(out var name)
            && (!scanner.TryTake('=') || scanner.TryReadValue(out value));
        parameter = new(name, value);
        return isRead;
    }

    /// <summary>A position in a line. White space around tokens and separators is skipped.</summary>
    private ref struct Scanner(string line)
    {
        private ReadOnlySpan<char> _rest = line;

        public readonly bool IsAtEndOfElement => _rest.IsEmpty || _rest[0] == ',';

        /// <summary>False at the end of the line.</summary>
        public bool SkipToElement()
        {
            _rest = _rest.TrimStart(" \t,");
            return !_rest.IsEmpty;
        }

        public bool TryTake(char separator)
        {
            var isNext = _rest.StartsWith(separator);
            _rest = isNext ? _rest[1..].TrimStart(" \t") : _rest;
            return isNext;
        }

        public bool TryReadToken(out string token)
        {
            var length = HttpGrammar.TokenLength(_rest);
            token = _rest[..length].ToString();
            _rest = _rest[length..].TrimStart(" \t");
            return length > 0;
        }

        /// <summary>Reads a token, or a token in quotes, within which white space is not allowed either (RFC 6455 §9.1).</summary>
        public bool TryReadValue(out string? value)
        {
            if (!_rest.StartsWith('"'))
            {
                return TryReadToken(out value!);
            }

            value = Unquote(out var length);
            _rest = _rest[length..];
            return HttpGrammar.IsToken(value) && TryTake('"');
        }

        /// <summary>The text within the quotes; a backslash stands for the character behind it (RFC 9110 §5.6.4).</summary>
        /// <param name="length">The number of characters up to the closing quote, or to the end of a line without one.</param>
        private readonly string Unquote(out int length)
        {
            var unquoted = new StringBuilder();
            for (length = 1; length < _rest.Length && _rest[length] != '"'; length++)
            {
                length += _rest[length] == '\\' && length + 1 < _rest.Length ? 1 : 0;
                unquoted.Append(_rest[length]);
            }

            return unquoted.ToString();
        }
    }
}
