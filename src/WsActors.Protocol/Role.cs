namespace WsActors.Protocol;

/// <summary>Which end of a connection this is. Both ends share one code path; RFC 6455 §5.1 makes masking depend on it.</summary>
public enum Role
{
    /// <summary>Reads masked frames, writes unmasked ones.</summary>
    Server,

    /// <summary>Reads unmasked frames, writes masked ones.</summary>
    Client,
}
