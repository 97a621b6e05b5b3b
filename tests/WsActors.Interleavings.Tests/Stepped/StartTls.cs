using System.Net.Security;

namespace WsActors.Transport.Tls;

/// <summary>What the TLS of a socket names; no scenario shakes hands.</summary>
internal abstract class StartTls
{
    public abstract Task<TlsStarted> AuthenticateAsync(SslStream stream);
}
