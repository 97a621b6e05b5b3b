namespace WsActors.Protocol.Messages;

/// <summary>The kind of a <see cref="StreamEvent"/>.</summary>
public enum StreamEventKind : byte
{
    /// <summary>A whole message.</summary>
    Message,

    /// <summary>A part of a message, where those are told in chunks.</summary>
    Chunk,

    /// <summary>A ping: answer with a pong of the same payload, unless a close was sent (RFC 6455 §5.5.2).</summary>
    Ping,

    /// <summary>A pong, asked for or not.</summary>
    Pong,

    /// <summary>The peer's close frame. Nothing comes after it.</summary>
    Close,

    /// <summary>The peer broke a rule. Nothing comes after it.</summary>
    Violation,
}

/// <summary>The type of a message: text or binary.</summary>
public enum MessageKind : byte
{
    /// <summary>UTF-8 text, already checked.</summary>
    Text,

    /// <summary>Plain bytes.</summary>
    Binary,
}

/// <summary>One fact that a <see cref="StreamParser"/> read. It owns its payload and may go anywhere.</summary>
public readonly struct StreamEvent
{
    /// <summary>A close's reason or a violation; null for the rest.</summary>
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

    /// <summary>The type of the message; without meaning for other facts.</summary>
    public MessageKind MessageKind { get; private init; }

    /// <summary>Whether a message ends here: always, but for a chunk that has others behind it. Without meaning for other facts.</summary>
    public bool IsLast { get; private init; }

    /// <summary>The payload of a message, chunk, ping or pong, unmasked: a fresh array that nobody else holds. Empty for other facts.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>A close's code: <see cref="CloseCode.NoStatus"/> when the frame had none. 0 for other facts.</summary>
    public int CloseCode { get; }

    /// <summary>A close's reason; empty for other facts.</summary>
    public string CloseReason => _detail as string ?? "";

    /// <summary>The rule that was broken. Only a fact of that kind has one: asking another is a bug, and throws.</summary>
    public Violation Violation => _detail as Violation ?? throw new InvalidOperationException($"{Kind} is no violation.");

    /// <summary>A whole message.</summary>
    public static StreamEvent ForMessage(MessageKind kind, ReadOnlyMemory<byte> payload) =>
        new(StreamEventKind.Message, payload) { MessageKind = kind, IsLast = true };

    /// <summary>A part of a message; only the last may be empty.</summary>
    public static StreamEvent ForChunk(MessageKind kind, ReadOnlyMemory<byte> payload, bool isLast) =>
        new(StreamEventKind.Chunk, payload) { MessageKind = kind, IsLast = isLast };

    /// <summary>A ping.</summary>
    public static StreamEvent ForPing(ReadOnlyMemory<byte> payload) => new(StreamEventKind.Ping, payload);

    /// <summary>A pong.</summary>
    public static StreamEvent ForPong(ReadOnlyMemory<byte> payload) => new(StreamEventKind.Pong, payload);

    /// <summary>A close frame.</summary>
    public static StreamEvent ForClose(int code, string reason) => new(StreamEventKind.Close, closeCode: code, detail: reason);

    /// <summary>A broken rule.</summary>
    public static StreamEvent ForViolation(Violation violation) => new(StreamEventKind.Violation, detail: violation);
}
