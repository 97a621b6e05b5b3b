using System.Buffers;
using System.Buffers.Text;
using System.Text;
using WsActors.Protocol;

namespace WsActors.Sessions.Subprotocol;

/// <summary>
/// The fields of a header, in order, separated by single spaces. The first invalid field is recorded; fields read after it have no
/// meaning.
/// </summary>
internal ref struct SessionFields(ReadOnlySpan<byte> header)
{
    private static readonly SearchValues<byte> Base64Url =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    private static readonly Violation WrongToken = SessionProtocol.Broken("a token is 1 to 256 characters of base64url");
    private static readonly Violation WrongEpoch = SessionProtocol.Broken("an epoch is 1 to 64 characters of base64url");
    private static readonly Violation WrongRecovery = SessionProtocol.Broken("a session is new, or recovered is true or false");
    private static readonly Violation WrongOffset =
        SessionProtocol.Broken("an offset is a number below 2^63 in decimal digits without leading zeros");
    private static readonly Violation NoOffset = SessionProtocol.Broken("the first message has the offset 1");
    private static readonly Violation TooMany = SessionProtocol.Broken("a header ends with its last field");

    private ReadOnlySpan<byte> _rest = header;
    private Violation? _violation;

    /// <summary>Whether no field is left. A space is always followed by a field, which may be empty.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>The next field; empty when no field is left, or for an invalid empty field.</summary>
    public ReadOnlySpan<byte> Next()
    {
        var length = _rest.IndexOf((byte)' ');
        IsAtEnd = length < 0;
        var field = IsAtEnd ? _rest : _rest[..length];
        _rest = IsAtEnd ? default : _rest[(length + 1)..];
        return field;
    }

    public string Token() => Name(SessionProtocol.MaxTokenLength, WrongToken);

    public string Epoch() => Name(SessionProtocol.MaxEpochLength, WrongEpoch);

    public Recovery Recovery()
    {
        var field = Next();
        return field switch
        {
            _ when field.SequenceEqual("new"u8) => Subprotocol.Recovery.New,
            _ when field.SequenceEqual("true"u8) => Subprotocol.Recovery.Recovered,
            _ when field.SequenceEqual("false"u8) => Subprotocol.Recovery.Lost,
            _ => Break<Recovery>(WrongRecovery),
        };
    }

    public long Offset(long least)
    {
        var field = Next();
        var isNumber = Utf8Parser.TryParse(field, out long offset, out var length) && length == field.Length;
        return field switch
        {
            // The parser also accepts a sign and leading zeros.
            [>= (byte)'1' and <= (byte)'9', ..] when isNumber => offset,
            [(byte)'0'] => least == 0 ? 0 : Break<long>(NoOffset),
            _ => Break<long>(WrongOffset),
        };
    }

    /// <summary>The optional last field of a resume: whether it is there.</summary>
    public bool Reloaded() => !IsAtEnd && (Next().SequenceEqual("reloaded"u8) || Break<bool>(TooMany));

    /// <summary>The first violation; null when all fields are valid and no field is left.</summary>
    public readonly Violation? End() => _violation ?? (IsAtEnd ? null : TooMany);

    private string Name(int maxLength, Violation wrong)
    {
        var field = Next();
        return field.Length is > 0 && field.Length <= maxLength && !field.ContainsAnyExcept(Base64Url)
            ? Encoding.ASCII.GetString(field)
            : Break<string>(wrong) ?? "";
    }

    private T? Break<T>(Violation wrong)
    {
        _violation ??= wrong;
        return default;
    }
}
