using System.Collections.ObjectModel;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace WsActors.Transport.Tls;

/// <summary>
/// The certificates that are sent behind the own one: those of its file, regardless of what this machine trusts. Peers may trust less, such
/// as only the older authority that cross-signed a newer one.
/// </summary>
internal static class CertificateChain
{
    /// <summary>The certificates that <c>SslStream</c> sends.</summary>
    /// <param name="own">The certificate with its key.</param>
    /// <param name="others">The other certificates, in any order.</param>
    public static SslStreamCertificateContext ToContext(X509Certificate2 own, IEnumerable<X509Certificate2> others)
    {
        var sent = InOrder(own, others);

        // Offline: no URL in a certificate is fetched.
        var context = SslStreamCertificateContext.Create(own, [.. sent], offline: true);
        try
        {
            // Create builds its own chain to a root that this machine trusts, and keeps it. No public API sets the certificates that are
            // sent.
            Sent(context) = sent.AsReadOnly();
        }
        catch (MissingFieldException)
        {
            // Another runtime names the field differently: the chain that Create has built is sent.
        }

        return context;
    }

    /// <summary>
    /// The certificates in order: each signs the one before it (RFC 8446 §4.4.2). Certificates that sign none of them, such as one of two
    /// that cross-sign, follow in their original order.
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
