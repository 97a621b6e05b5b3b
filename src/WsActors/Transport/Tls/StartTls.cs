using System.Net.Security;
using Akka.Actor;
using Akka.Event;

namespace WsActors.Transport.Tls;

/// <summary>
/// The request of a connection to its byte source to start TLS. It comes behind <c>Tcp.Register</c>, before anything is read or written. The
/// source answers <see cref="TlsStarted"/>, or closes the socket. A source that a test plays may answer at once.
/// </summary>
public abstract class StartTls : INoSerializationVerificationNeeded
{
    private protected StartTls()
    {
    }

    /// <summary>Does the TLS handshake. Any thread. The owner of the socket bounds the time: the handshake ends with the socket.</summary>
    /// <param name="stream">The bytes of the socket.</param>
    /// <returns>What the client showed.</returns>
    /// <exception cref="Exception">The handshake failed, or the peer is gone.</exception>
    public abstract Task<TlsStarted> AuthenticateAsync(SslStream stream);
}

/// <summary>TLS has started on a socket: all bytes that are read and written from now on are within it.</summary>
/// <param name="Client">The certificate that the client showed; null for none.</param>
public sealed record TlsStarted(ClientCertificate? Client) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>The two did not agree; the end of the socket follows.</summary>
/// <param name="Reason">The cause, as the rest of a sentence. It quotes nothing of the peer's.</param>
/// <param name="IsFinal">Whether the same would come of it again.</param>
internal sealed record TlsFailed(string Reason, bool IsFinal) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <inheritdoc cref="TlsFailed"/>
internal sealed class TlsException(string reason, bool isFinal, Exception? cause = null) : Exception(reason, cause)
{
    /// <inheritdoc cref="TlsFailed.IsFinal"/>
    public bool IsFinal => isFinal;
}
