namespace WsActors;

/// <summary>Whether a server asks clients for a certificate.</summary>
public enum ClientCertificateMode
{
    /// <summary>Clients are not asked.</summary>
    None,

    /// <summary>Clients are asked; one without a certificate is taken, and one that is shown must be good.</summary>
    Request,

    /// <summary>Clients without a good certificate are refused.</summary>
    Require,
}
