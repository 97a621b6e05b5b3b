using WsActors.Protocol;
using WsActors.Protocol.Handshake;

namespace WsActors.Fuzzing.Readers;

/// <summary>The condition of a documented refusal: DESIGN has its code, and its text fits its field.</summary>
internal static class Documented
{
    /// <summary>A close frame carries 123 bytes of reason at most (RFC 6455 §5.5.1).</summary>
    public static string Text(Violation violation)
    {
        Reading.Require(violation.Code is 1002 or 1007 or 1008 or 1009, $"The close code {violation.Code} is not one of a violation.");
        Reading.Require(violation.Reason.Length is > 0 and <= 123 && IsPlain(violation.Reason), "A reason is a short sentence in ASCII.");
        return $"{violation.Code} {violation.Reason}";
    }

    public static string Text(Refusal refusal)
    {
        Reading.Require(refusal.Status is 400 or 405 or 414 or 426 or 431 or 505, $"The status {refusal.Status} is not one of a refusal.");
        return $"{refusal.Status} {Sentence(refusal.Reason)}";
    }

    public static string Sentence(string reason)
    {
        Reading.Require(reason.EndsWith('.') && IsPlain(reason), "A reason is a sentence in ASCII.");
        return reason;
    }

    private static bool IsPlain(string text) => text.All(static letter => letter is >= ' ' and <= '~');
}
