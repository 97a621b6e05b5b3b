using System.Net.Security;
using Akka.Actor;
using Akka.Event;

namespace WsActors.Transport.Tls;

/// <summary>
/// Asks a byte source to speak TLS, told behind <c>Tcp.Register</c> and before anything is read or written. Answered with
/// <see cref="TlsStarted"/>, or with the end, before which <see cref="TlsFailed"/> may say why.
/// </summary>
internal abstract class StartTls : INoSerializationVerificationNeeded
{
    /// <summary>Does the handshake. Any thread; it ends with the socket, whose owner sees to the time.</summary>
    /// <exception cref="TlsException">The two do not agree. Whatever else is thrown says that the peer is gone.</exception>
    public abstract Task<TlsStarted> AuthenticateAsync(SslStream stream);
}

/// <summary>From now on what is read and written goes within TLS.</summary>
/// <param name="Client">The certificate that the client showed; null for none.</param>
internal sealed record TlsStarted(ClientCertificate? Client) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

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
