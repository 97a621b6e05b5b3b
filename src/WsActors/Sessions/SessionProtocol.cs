using WsActors.Protocol;

namespace WsActors.Sessions;

/// <summary>What both ends of the subprotocol agree on.</summary>
internal static class SessionProtocol
{
    /// <summary>As it is offered and selected in the handshake (RFC 6455 §1.9).</summary>
    public const string Name = "wsactors.session.v1";

    /// <summary>A token has at least one character and at most so many.</summary>
    public const int MaxTokenLength = 256;

    /// <summary>An epoch has at least one character and at most so many.</summary>
    public const int MaxEpochLength = 64;

    /// <summary>Close code: the peer broke the subprotocol.</summary>
    public const int BrokenCode = 4400;

    /// <summary>Close code: no hello came in time.</summary>
    public const int NoHelloCode = 4408;

    /// <summary>Close code: the session goes on over another connection.</summary>
    public const int TakenOverCode = 4409;

    public static Violation Broken(string rule) => new(BrokenCode, rule);
}
