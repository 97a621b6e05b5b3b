namespace WsActors.Protocol.Messages;

/// <summary>The kind of a <see cref="StreamEvent"/>.</summary>
public enum StreamEventKind : byte
{
    /// <summary>A whole message.</summary>
    Message,

    /// <summary>A part of a message that is reported in chunks.</summary>
    Chunk,

    /// <summary>A ping: answer with a pong of the same payload, unless a close was sent (RFC 6455 §5.5.2).</summary>
    Ping,

    /// <summary>A pong, solicited or not.</summary>
    Pong,

    /// <summary>The peer's close frame. Nothing comes after it.</summary>
    Close,

    /// <summary>The peer broke a rule. Nothing comes after it.</summary>
    Violation,
}

/// <summary>The type of a message: text or binary.</summary>
public enum MessageKind : byte
{
    /// <summary>Valid UTF-8 text.</summary>
    Text,

    /// <summary>Plain bytes.</summary>
    Binary,
}

/// <summary>One fact that a <see cref="StreamParser"/> read. It owns its payload and may be passed to any thread.</summary>
public readonly struct StreamEvent
{
    /// <summary>The reason of a close, or a violation; null for other facts.</summary>
    private readonly object? _detail;

    private StreamEvent(StreamEventKind kind, ReadOnlyMemory<byte> payload = default, int closeCode = 0, object? detail = null)
    {
        Kind = kind;
        Payload = payload;
        CloseCode = closeCode;
        _detail = detail;
    }

    /// <summary>The kind of the fact.</summary>
    public StreamEventKind Kind { get; }

    /// <summary>The type of the message; undefined for other facts.</summary>
    public MessageKind MessageKind { get; private init; }

    /// <summary>
    /// Whether the message ends here: always true for a whole message, true for the last chunk. Undefined for other facts.
    /// </summary>
    public bool IsLast { get; private init; }

    /// <summary>
    /// The unmasked payload of a message, chunk, ping or pong: a new array that nothing else references. Empty for other facts.
    /// </summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The code of a close: <see cref="CloseCode.NoStatus"/> when the frame had none. 0 for other facts.</summary>
    public int CloseCode { get; }

    /// <summary>The reason of a close; empty for other facts.</summary>
    public string CloseReason => _detail as string ?? "";

    /// <summary>The rule that was broken.</summary>
    /// <exception cref="InvalidOperationException">The fact is of another kind.</exception>
    public Violation Violation =>
        _detail as Violation ?? throw new InvalidOperationException($"The fact is a {Kind}, not a violation: check Kind first.");

    /// <summary>A whole message.</summary>
    internal static StreamEvent ForMessage(MessageKind kind, ReadOnlyMemory<byte> payload) =>
        new(StreamEventKind.Message, payload) { MessageKind = kind, IsLast = true };

    /// <summary>A part of a message; only the last may be empty.</summary>
    internal static StreamEvent ForChunk(MessageKind kind, ReadOnlyMemory<byte> payload, bool isLast) =>
        new(StreamEventKind.Chunk, payload) { MessageKind = kind, IsLast = isLast };

    /// <summary>A ping.</summary>
    internal static StreamEvent ForPing(ReadOnlyMemory<byte> payload) => new(StreamEventKind.Ping, payload);

    /// <summary>A pong.</summary>
    internal static StreamEvent ForPong(ReadOnlyMemory<byte> payload) => new(StreamEventKind.Pong, payload);

    /// <summary>A close frame.</summary>
    internal static StreamEvent ForClose(int code, string reason) => new(StreamEventKind.Close, closeCode: code, detail: reason);

    /// <summary>A broken rule.</summary>
    public static StreamEvent ForViolation(Violation violation) => new(StreamEventKind.Violation, detail: violation);
}
