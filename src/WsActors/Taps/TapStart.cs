using WsActors.Protocol.Frames;

namespace WsActors.Taps;

/// <summary>The state of a connection when its tap starts.</summary>
/// <param name="Received">A parser at the place of the connection's own, for bytes of the client; null after the last frame.</param>
/// <param name="Sent">A parser for bytes to the client.</param>
/// <param name="SentBytesLeft">The bytes left to write of a frame that has started to leave.</param>
/// <param name="IsCongested">Whether the send queue is above its high watermark.</param>
internal readonly record struct TapStart(FrameParser? Received, FrameParser Sent, long SentBytesLeft, bool IsCongested);
