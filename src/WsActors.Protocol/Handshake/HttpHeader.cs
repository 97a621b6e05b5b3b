using System.Text.Json.Serialization;

namespace WsActors.Protocol.Handshake;

/// <summary>One header line of a request or a response. Immutable, and always fit for the wire.</summary>
/// <param name="Name">A token; letter case means nothing.</param>
/// <param name="Value">
/// Without CR, LF, NUL or other control characters of ASCII. Written as UTF-8; read as UTF-8 where the bytes are valid, else as Latin-1,
/// one character a byte.
/// </param>
/// <exception cref="ArgumentException">A part is not fit for the wire: a header injected through it would be our caller's bug.</exception>
[method: JsonConstructor]
public readonly record struct HttpHeader(string Name, string Value)
{
    /// <summary>A token; letter case means nothing.</summary>
    public string Name { get; } = HttpGrammar.IsToken(Name)
        ? Name
        : throw new ArgumentException("A header name must be a token (RFC 9110 §5.6.2).", nameof(Name));

    /// <summary>
    /// Without CR, LF, NUL or other control characters of ASCII. Written as UTF-8; read as UTF-8 where the bytes are valid, else as
    /// Latin-1, one character a byte.
    /// </summary>
    public string Value { get; } = HttpGrammar.IsFieldValue(Value)
        ? Value
        : throw new ArgumentException("A header value holds no control character and no half of a character (RFC 9110 §5.5).", nameof(Value));

    /// <summary>The name alone: a value may be a secret, and this text may reach a log.</summary>
    public override string ToString() => Name;
}
