using System.Collections.ObjectModel;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace WsActors.Transport.Tls;

/// <summary>
/// The certificates that are sent behind one's own: those of its file, whatever this machine trusts. Peers may trust less, such as only the
/// older authority that cross-signed a newer one.
/// </summary>
internal static class CertificateChain
{
    /// <summary>The certificates that SslStream sends.</summary>
    /// <param name="own">With its key.</param>
    /// <param name="others">In any order.</param>
    public static SslStreamCertificateContext ToContext(X509Certificate2 own, IEnumerable<X509Certificate2> others)
    {
        var sent = InOrder(own, others);

        // Offline: nothing that a certificate names is fetched.
        var context = SslStreamCertificateContext.Create(own, [.. sent], offline: true);
        try
        {
            // Create builds a chain of its own to a root that this machine trusts, and keeps that: nothing public says what is sent.
            Sent(context) = sent.AsReadOnly();
        }
        catch (MissingFieldException)
        {
            // A later runtime calls it otherwise: the chain is the one that Create has built.
        }

        return context;
    }

    /// <summary>
    /// Each certificate signs the one before it (RFC 8446 §4.4.2). Those that sign none of them, such as one of two that cross-sign, follow
    /// in the order that they had.
    /// </summary>
    public static List<X509Certificate2> InOrder(X509Certificate2 own, IEnumerable<X509Certificate2> others)
    {
        var left = others.Where(other => !other.Equals(own)).ToList();
        var ordered = new List<X509Certificate2>(left.Count);
        for (var last = own; left.Find(one => Signs(one, last)) is { } next; last = next)
        {
            left.Remove(next);
            ordered.Add(next);
        }

        return [.. ordered, .. left];
    }

    private static bool Signs(X509Certificate2 authority, X509Certificate2 certificate) =>
        authority.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<IntermediateCertificates>k__BackingField")]
    private static extern ref ReadOnlyCollection<X509Certificate2> Sent(SslStreamCertificateContext context);
}
