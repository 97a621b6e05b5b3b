namespace WsActors;

/// <summary>The oldest version of TLS that is spoken.</summary>
public enum TlsVersion
{
    /// <summary>TLS 1.2 (RFC 5246), and 1.3 with peers that speak it.</summary>
    Tls12,

    /// <summary>TLS 1.3 (RFC 8446) alone.</summary>
    Tls13,
}
