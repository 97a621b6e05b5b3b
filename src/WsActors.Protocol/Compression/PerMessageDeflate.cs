using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Compression;

/// <summary>The negotiation of permessage-deflate (RFC 7692 §5, §7.1), for both roles. Pure.</summary>
public static class PerMessageDeflate
{
    /// <summary>
    /// The server's choice: the first offer that can be kept, as the client prefers the first. Null without such an offer; a bad offer is
    /// declined like one that was never made, and the connection opens without compression (RFC 7692 §5.1).
    /// </summary>
    /// <param name="offers">All extensions that the client offers.</param>
    /// <param name="wanted">What the server wants: it may keep less context than offered, and smaller windows, but not more.</param>
    public static DeflateAgreement? Accept(IReadOnlyList<Extension> offers, DeflateOptions wanted)
    {
        foreach (var offer in offers)
        {
            if (DeflateParameters.IsNamed(offer) && DeflateParameters.TryRead(offer, out var parameters))
            {
                return new(
                    ServerKeepsContext: wanted.KeepsContext && !parameters.ServerNoContextTakeover,
                    ClientKeepsContext: wanted.KeepsContext && !parameters.ClientNoContextTakeover,
                    ServerWindowBits: Math.Min(wanted.ServerMaxWindowBits, parameters.ServerMaxWindowBits ?? DeflateParameters.MostWindowBits),
                    ClientWindowBits: parameters.HasClientMaxWindowBits
                        ? Math.Min(wanted.ClientMaxWindowBits, parameters.ClientMaxWindowBits ?? DeflateParameters.MostWindowBits)
                        : DeflateParameters.MostWindowBits)
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
    /// The client's check of the server's answer: true with what is agreed, null for no compression; false when the answer does not fit
    /// what was offered, so that the connection must fail (RFC 7692 §5.1, §7.1).
    /// </summary>
    /// <param name="answer">All extensions that the server names.</param>
    /// <param name="wanted">What was offered; null when nothing was.</param>
    /// <param name="agreement">What is agreed.</param>
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
            ServerWindowBits: parameters.ServerMaxWindowBits ?? DeflateParameters.MostWindowBits,
            ClientWindowBits: Math.Min(wanted.ClientMaxWindowBits, parameters.ClientMaxWindowBits ?? DeflateParameters.MostWindowBits));
        return true;
    }

    /// <summary>The server must promise each request of the client. In an answer, each window has a size.</summary>
    private static bool Fits(in DeflateParameters answer, DeflateOptions wanted) =>
        (wanted.KeepsContext || answer.ServerNoContextTakeover)
        && (answer.ServerMaxWindowBits ?? DeflateParameters.MostWindowBits) <= wanted.ServerMaxWindowBits
        && answer.HasClientMaxWindowBits == answer.ClientMaxWindowBits is not null;
}
