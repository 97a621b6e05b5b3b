namespace WsActors;

/// <summary>Whether messages are compressed where the peer can (RFC 7692), and the memory that a connection holds for it.</summary>
public enum MessageCompression
{
    /// <summary>No compression is agreed on.</summary>
    Off,

    /// <summary>Each message is compressed for itself: a connection holds nothing between messages.</summary>
    Shared,

    /// <summary>
    /// Messages may refer to those before them: far shorter where they resemble each other, for memory as long as the connection lives.
    /// </summary>
    Dedicated,
}
