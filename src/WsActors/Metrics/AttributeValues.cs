using WsActors.Protocol;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Metrics;

/// <summary>The values of attributes: few and bounded.</summary>
internal static class AttributeValues
{
    public static string Of(Recovery recovery) => recovery switch
    {
        Recovery.New => "new",
        Recovery.Recovered => "recovered",
        _ => "lost",
    };

    public static string Of(Rejection reason) => reason switch
    {
        Rejection.TooManyHandshakes => "too_many_handshakes",
        Rejection.TooManyHandshakesOfAddress => "too_many_handshakes_of_address",
        Rejection.AcceptRate => "accept_rate",
        Rejection.TooManyFiles => "too_many_files",
        Rejection.Tls => "tls",
        Rejection.Timeout => "timeout",
        _ => "shutdown",
    };

    /// <summary>
    /// The close code. Applications may use two thousand codes: two buckets bound them (RFC 6455 §7.4.2).
    /// </summary>
    public static object OfCloseCode(int code) => code switch
    {
        >= 4000 => "4xxx",
        >= 3000 => "3xxx",
        _ => code,
    };

    /// <summary>The error of a close that was not clean: the name of its code in the IANA registry.</summary>
    public static string ErrorOfCloseCode(int code) => code switch
    {
        CloseCode.Normal => "normal_closure",
        CloseCode.GoingAway => "going_away",
        CloseCode.ProtocolError => "protocol_error",
        CloseCode.UnsupportedData => "unsupported_data",
        CloseCode.NoStatus => "no_status_rcvd",
        CloseCode.Abnormal => "abnormal_closure",
        CloseCode.InvalidPayload => "invalid_frame_payload_data",
        CloseCode.PolicyViolation => "policy_violation",
        CloseCode.MessageTooBig => "message_too_big",
        CloseCode.MandatoryExtension => "mandatory_ext",
        CloseCode.InternalError => "internal_error",
        CloseCode.ServiceRestart => "service_restart",
        CloseCode.TryAgainLater => "try_again_later",
        CloseCode.BadGateway => "bad_gateway",
        _ => "_OTHER",
    };
}
