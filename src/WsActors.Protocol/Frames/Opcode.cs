namespace WsActors.Protocol.Frames;

/// <summary>The kind of a frame, as its four bits on the wire (RFC 6455 §5.2). The missing numbers are reserved.</summary>
public enum Opcode : byte
{
    /// <summary>Continues the message that a text or binary frame started.</summary>
    Continuation = 0x0,

    /// <summary>Starts a message of UTF-8 text.</summary>
    Text = 0x1,

    /// <summary>Starts a message of plain bytes.</summary>
    Binary = 0x2,

    /// <summary>The last frame that its sender sends.</summary>
    Close = 0x8,

    /// <summary>Asks for a pong with the same payload.</summary>
    Ping = 0x9,

    /// <summary>Answers a ping, or is sent unsolicited as a heartbeat (RFC 6455 §5.5.3).</summary>
    Pong = 0xA,
}
