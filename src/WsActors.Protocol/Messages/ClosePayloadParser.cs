using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace WsActors.Protocol.Messages;

/// <summary>The payload of a close frame: empty, or a code and an optional reason (RFC 6455 §5.5.1).</summary>
internal static class ClosePayloadParser
{
    public static StreamEvent Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < sizeof(ushort))
        {
            return payload.IsEmpty
                ? StreamEvent.ForClose(CloseCode.NoStatus, "")
                : Violated(CloseCode.ProtocolError, "a close payload must start with a two-byte code (RFC 6455 section 5.5.1)");
        }

        var code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        var reason = payload[sizeof(ushort)..];
        return (CloseCode.MayBeSent(code), Utf8.IsValid(reason)) switch
        {
            (false, _) => Violated(CloseCode.ProtocolError, "the close code must be one that may be sent (RFC 6455 section 7.4)"),
            (_, false) => Violated(CloseCode.InvalidPayload, "a close reason must be UTF-8 (RFC 6455 section 5.5.1)"),
            _ => StreamEvent.ForClose(code, Encoding.UTF8.GetString(reason)),
        };
    }

    private static StreamEvent Violated(int code, string rule) => StreamEvent.ForViolation(new(code, rule));
}
