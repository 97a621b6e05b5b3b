namespace WsActors.Transport.Tls;

/// <inheritdoc cref="StartTls"/>
internal sealed record TlsStarted;
