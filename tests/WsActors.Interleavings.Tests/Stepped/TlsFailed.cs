namespace WsActors.Transport.Tls;

/// <inheritdoc cref="StartTls"/>
internal sealed record TlsFailed(string Reason, bool IsFinal);
