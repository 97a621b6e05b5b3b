using System.Net.Security;
using Akka.Actor;
using Akka.Event;

namespace WsActors.Transport.Tls;

/// <summary>
/// The command of a connection to its byte source to start TLS. It follows <c>Tcp.Register</c>, before any read or write. The source
/// answers <see cref="TlsStarted"/>, or closes the socket. The source of a test may answer at once.
/// </summary>
public abstract class StartTls : INoSerializationVerificationNeeded
{
    private protected StartTls()
    {
    }

    /// <summary>Does the TLS handshake. Any thread. The owner of the socket bounds the time: the handshake ends with the socket.</summary>
    /// <param name="stream">The bytes of the socket.</param>
    /// <returns>The message for the connection, with the client's certificate.</returns>
    /// <exception cref="Exception">The handshake failed, or the peer has disconnected.</exception>
    public abstract Task<TlsStarted> AuthenticateAsync(SslStream stream);
}

/// <summary>TLS has started on a socket: all bytes from now on are encrypted on the wire.</summary>
public sealed record TlsStarted : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    /// <summary>The client's certificate; null for none.</summary>
    public ClientCertificate? Client { get; init; }
}

/// <summary>The TLS handshake failed; the end of the socket follows.</summary>
/// <param name="Reason">The cause, as the rest of a sentence, without text of the peer.</param>
/// <param name="IsFinal">Whether a retry would fail the same way.</param>
internal sealed record TlsFailed(string Reason, bool IsFinal) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <inheritdoc cref="TlsFailed"/>
internal sealed class TlsException(string reason, bool isFinal, Exception? cause = null) : Exception(reason, cause)
{
    /// <inheritdoc cref="TlsFailed.IsFinal"/>
    public bool IsFinal => isFinal;
}
