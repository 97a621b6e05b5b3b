namespace WsActors.Protocol;

/// <summary>The end of a connection: server or client. Both share one code path; masking depends on the role (RFC 6455 §5.1).</summary>
public enum Role
{
    /// <summary>Reads masked frames, writes unmasked ones.</summary>
    Server,

    /// <summary>Reads unmasked frames, writes masked ones.</summary>
    Client,
}
