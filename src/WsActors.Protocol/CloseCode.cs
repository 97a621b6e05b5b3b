namespace WsActors.Protocol;

/// <summary>
/// Close codes (RFC 6455 §7.4.1 and its IANA registry). They are plain numbers, because applications define their own in 4000–4999.
/// </summary>
public static class CloseCode
{
    /// <summary>The purpose of the connection is fulfilled.</summary>
    public const int Normal = 1000;

    /// <summary>A server goes down, or a browser leaves the page.</summary>
    public const int GoingAway = 1001;

    /// <summary>The peer broke the protocol.</summary>
    public const int ProtocolError = 1002;

    /// <summary>The endpoint does not accept this kind of data.</summary>
    public const int UnsupportedData = 1003;

    /// <summary>The close frame had no code. Never on the wire.</summary>
    public const int NoStatus = 1005;

    /// <summary>The connection ended without a close frame. Never on the wire.</summary>
    public const int Abnormal = 1006;

    /// <summary>A message's bytes do not fit its type: text that is not UTF-8.</summary>
    public const int InvalidPayload = 1007;

    /// <summary>The peer broke a rule of the endpoint that is not a rule of the protocol.</summary>
    public const int PolicyViolation = 1008;

    /// <summary>A message exceeds the endpoint's size limit.</summary>
    public const int MessageTooBig = 1009;

    /// <summary>The server did not agree to an extension that the client needs.</summary>
    public const int MandatoryExtension = 1010;

    /// <summary>The server met a condition it did not expect.</summary>
    public const int InternalError = 1011;

    /// <summary>The server restarts: reconnect after a random delay.</summary>
    public const int ServiceRestart = 1012;

    /// <summary>The server is overloaded: reconnect later.</summary>
    public const int TryAgainLater = 1013;

    /// <summary>A gateway received an invalid response from its upstream server.</summary>
    public const int BadGateway = 1014;

    /// <summary>
    /// Whether a close frame may carry the code: the registered ones except 1004, 1005, 1006 and 1015, and 3000–4999 (RFC 6455 §7.4.2).
    /// </summary>
    public static bool MayBeSent(int code) => code is (>= 1000 and <= 1014 and not 1004 and not 1005 and not 1006) or (>= 3000 and <= 4999);
}
