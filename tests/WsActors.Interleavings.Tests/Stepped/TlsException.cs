namespace WsActors.Transport.Tls;

/// <inheritdoc cref="StartTls"/>
internal sealed class TlsException(string reason, bool isFinal) : Exception(reason)
{
    public bool IsFinal => isFinal;
}
