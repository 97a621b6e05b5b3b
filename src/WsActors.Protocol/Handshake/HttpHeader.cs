using System.Text.Json.Serialization;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// One header line of a request or a response. Immutable. A constructed header is always valid on the wire; the parts of <c>default</c>
/// are null, and it must not be written.
/// </summary>
/// <param name="Name">A token; letter case does not matter.</param>
/// <param name="Value">
/// A text without CR, LF, NUL or other ASCII control characters except tab. Written as UTF-8. Read as UTF-8 if the bytes are valid UTF-8,
/// else as Latin-1, one character a byte.
/// </param>
/// <exception cref="ArgumentException">A part is not valid on the wire. The check prevents header injection.</exception>
[method: JsonConstructor]
public readonly record struct HttpHeader(string Name, string Value)
{
    /// <summary>A token; letter case does not matter.</summary>
    public string Name { get; } = HttpGrammar.IsToken(Name)
        ? Name
        : throw new ArgumentException("A header name must be a token (RFC 9110 §5.6.2).", nameof(Name));

    /// <summary>
    /// A text without CR, LF, NUL or other ASCII control characters except tab. Written as UTF-8. Read as UTF-8 if the bytes are valid
    /// UTF-8, else as Latin-1, one character a byte.
    /// </summary>
    public string Value { get; } = HttpGrammar.IsFieldValue(Value)
        ? Value
        : throw new ArgumentException(
            "A header value must hold no control character except tab and no unpaired surrogate (RFC 9110 §5.5).",
            nameof(Value));

    /// <summary>Only the name: the value may be a secret, and this text may reach a log.</summary>
    public override string ToString() => Name;
}
