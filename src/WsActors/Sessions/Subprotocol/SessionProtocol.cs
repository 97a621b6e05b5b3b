using WsActors.Protocol;

namespace WsActors.Sessions.Subprotocol;

/// <summary>The constants and rules that both ends of the subprotocol share.</summary>
internal static class SessionProtocol
{
    /// <summary>The first version, as it is offered and selected in the handshake (RFC 6455 §1.9).</summary>
    public const string V1 = "wsactors.session.v1";

    /// <summary>The second version has its own pings and pongs, for clients that do not see those of RFC 6455: pages in browsers.</summary>
    public const string V2 = "wsactors.session.v2";

    /// <summary>The maximum length of a token, in characters; the minimum is 1.</summary>
    public const int MaxTokenLength = 256;

    /// <summary>The maximum length of an epoch, in characters; the minimum is 1.</summary>
    public const int MaxEpochLength = 64;

    /// <summary>In the third version a client that has lost what it was shown, such as a reloaded page, says so when it resumes.</summary>
    public const string V3 = "wsactors.session.v3";

    /// <summary>Close code: the peer broke the subprotocol.</summary>
    public const int BrokenCode = 4400;

    /// <summary>Close code: no hello came in time.</summary>
    public const int NoHelloCode = 4408;

    /// <summary>Close code: the session continues over another connection.</summary>
    public const int TakenOverCode = 4409;

    /// <summary>The interval of pings to a client that is not read; shorter than a client's pong timeout, even after it woke.</summary>
    public static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(3);

    /// <summary>A client's minimum wait for the pong of RFC 6455, or for a ping of a server that does not read.</summary>
    public static readonly TimeSpan MinPongTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The versions that a server speaks, the preferred one first.</summary>
    public static IReadOnlyList<string> Versions { get; } = [V3, V2, V1];

    /// <summary>The rule that a ping or a pong breaks within the first version.</summary>
    public static Violation NoPings { get; } = Broken("wsactors.session.v1 has no pings and pongs");

    /// <summary>The rule that a reloaded client breaks within the earlier versions.</summary>
    public static Violation NoReload { get; } = Broken("only a hello of wsactors.session.v3 may end with reloaded");

    /// <summary>The rule that a message behind a gap breaks.</summary>
    public static Violation Gap { get; } = Broken("a message is missing before this one");

    /// <summary>The rule that an ack beyond the last message breaks.</summary>
    public static Violation NotSent { get; } = Broken("a message that was not sent cannot be acknowledged");

    /// <summary>Whether a version has pings and pongs.</summary>
    public static bool HasPings(string? version) => version is V2 or V3;

    /// <summary>
    /// Whether a client does not reconnect: the session has ended, or the same error would repeat. Application codes are final (RFC 6455
    /// §7.4.2: 3000 to 4999), but for an expired authentication: the next attempt has another token. After any other code, even an unknown
    /// one, it reconnects; also after it closed the connection itself.
    /// </summary>
    public static bool IsFinal(Ws.Closed closed) => closed.By == Ws.Side.Local
        ? closed.Code == CloseCode.MessageTooBig
        : closed.Code is CloseCode.Normal or CloseCode.ProtocolError or CloseCode.UnsupportedData or CloseCode.InvalidPayload
            or CloseCode.PolicyViolation or CloseCode.MessageTooBig or CloseCode.MandatoryExtension
            or (>= 3000 and not (NoHelloCode or Ws.ExpiredCode));

    public static Violation Broken(string rule) => new(BrokenCode, rule);
}
