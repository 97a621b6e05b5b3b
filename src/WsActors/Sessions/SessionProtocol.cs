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

    /// <summary>
    /// Whether a client stays away: the server's end of the session, and what would only happen again. It comes back when the server or the
    /// network had to go, or when it gave up a connection itself.
    /// </summary>
    public static bool IsFinal(Ws.Closed closed) => closed.By == Ws.Side.Local
        ? closed.Code == CloseCode.MessageTooBig
        : closed.Code is not (CloseCode.GoingAway or CloseCode.NoStatus or CloseCode.Abnormal or CloseCode.InternalError
            or CloseCode.ServiceRestart or CloseCode.TryAgainLater or CloseCode.BadGateway or NoHelloCode);

    public static Violation Broken(string rule) => new(BrokenCode, rule);
}
