using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Compression;

/// <summary>The negotiation of permessage-deflate (RFC 7692 §5, §7.1), for both roles. Pure.</summary>
public static class PerMessageDeflate
{
    /// <summary>
    /// The server's choice: the first acceptable offer, because the client lists offers in order of preference. Null without such an offer.
    /// A malformed offer is declined, and the connection opens without compression (RFC 7692 §5.1).
    /// </summary>
    /// <param name="offers">All extensions that the client offers.</param>
    /// <param name="wanted">The server's settings. They can narrow an offer (less context, smaller windows), never widen it.</param>
    public static DeflateAgreement? Accept(IReadOnlyList<Extension> offers, DeflateOptions wanted)
    {
        foreach (var offer in offers)
        {
            if (DeflateParameters.IsNamed(offer) && DeflateParameters.TryRead(offer, out var parameters))
            {
                return new(
                    ServerKeepsContext: wanted.KeepsContext && !parameters.ServerNoContextTakeover,
                    ClientKeepsContext: wanted.KeepsContext && !parameters.ClientNoContextTakeover,
                    ServerWindowBits: Math.Min(
                        wanted.ServerMaxWindowBits,
                        parameters.ServerMaxWindowBits ?? DeflateParameters.MaxWindowBits),
                    ClientWindowBits: parameters.HasClientMaxWindowBits
                        ? Math.Min(wanted.ClientMaxWindowBits, parameters.ClientMaxWindowBits ?? DeflateParameters.MaxWindowBits)
                        : DeflateParameters.MaxWindowBits)
                {
                    NamesServerWindow = parameters.ServerMaxWindowBits is not null,
                };
            }
        }

        return null;
    }

    /// <summary>The client's offer: the value of its <c>Sec-WebSocket-Extensions</c>.</summary>
    internal static string Offer(DeflateOptions wanted) => new DeflateParameters
    {
        ServerNoContextTakeover = !wanted.KeepsContext,
        ClientNoContextTakeover = !wanted.KeepsContext,
        ServerMaxWindowBits = DeflateAgreement.Named(wanted.ServerMaxWindowBits),
        ClientMaxWindowBits = DeflateAgreement.Named(wanted.ClientMaxWindowBits),
        HasClientMaxWindowBits = true,
    }.ToHeaderValue();

    /// <summary>
    /// The client's check of the server's response. False when the response does not match the offer: the connection must then fail
    /// (RFC 7692 §5.1, §7.1).
    /// </summary>
    /// <param name="answer">All extensions in the server's response.</param>
    /// <param name="wanted">The settings that were offered; null when compression was not offered.</param>
    /// <param name="agreement">The agreed parameters, or null for no compression.</param>
    internal static bool TryAgree(IReadOnlyList<Extension> answer, DeflateOptions? wanted, out DeflateAgreement? agreement)
    {
        agreement = null;
        if (answer.Count == 0)
        {
            return true;
        }

        if (wanted is null || answer.Count > 1 || !DeflateParameters.IsNamed(answer[0])
            || !DeflateParameters.TryRead(answer[0], out var parameters) || !Fits(parameters, wanted))
        {
            return false;
        }

        agreement = new(
            ServerKeepsContext: !parameters.ServerNoContextTakeover,
            ClientKeepsContext: wanted.KeepsContext && !parameters.ClientNoContextTakeover,
            ServerWindowBits: parameters.ServerMaxWindowBits ?? DeflateParameters.MaxWindowBits,
            ClientWindowBits: Math.Min(wanted.ClientMaxWindowBits, parameters.ClientMaxWindowBits ?? DeflateParameters.MaxWindowBits));
        return true;
    }

    /// <summary>The server must grant each limit that the client asked for. In a response, each window has a size.</summary>
    private static bool Fits(in DeflateParameters answer, DeflateOptions wanted) =>
        (wanted.KeepsContext || answer.ServerNoContextTakeover)
        && (answer.ServerMaxWindowBits ?? DeflateParameters.MaxWindowBits) <= wanted.ServerMaxWindowBits
        && answer.HasClientMaxWindowBits == answer.ClientMaxWindowBits is not null;
}
