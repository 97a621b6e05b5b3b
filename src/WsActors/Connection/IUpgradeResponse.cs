using WsActors.Protocol.Compression;
using WsActors.Protocol.Handshake;

namespace WsActors.Connection;

/// <summary>
/// The response to a request for an upgrade, by a socket or by another HTTP server. One of its methods ends the handshake.
/// </summary>
internal interface IUpgradeResponse
{
    /// <summary>Writes the accepting response (RFC 6455 §4.2.2).</summary>
    /// <inheritdoc cref="ServerHandshake.WriteAccept" path="/param"/>
    /// <inheritdoc cref="ServerHandshake.WriteAccept" path="/exception"/>
    void Accept(UpgradeOffer offer, string? subprotocol, IReadOnlyList<HttpHeader> headers, DeflateAgreement? compression);

    /// <summary>Continues once frames can be read and written, after <see cref="Accept"/>.</summary>
    /// <param name="open">Continues with the bytes that arrived behind the request.</param>
    void WhenUpgraded(Action<byte[]> open);

    /// <summary>Sends another response, and ends the connection.</summary>
    void Respond(PlainResponse response);

    /// <summary>Sends another response, and ends the connection; counted and logged as a refusal.</summary>
    void Refuse(Refusal refusal);

    /// <summary>Counts and logs a refusal whose response follows.</summary>
    void ReportRefusal(int status, string reason);
}
