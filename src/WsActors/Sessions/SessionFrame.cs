using WsActors.Protocol.Messages;

namespace WsActors.Sessions;

/// <summary>Which frame of the subprotocol a <see cref="SessionFrame"/> is.</summary>
internal enum SessionFrameKind : byte
{
    /// <summary>A client begins a session.</summary>
    Hello,

    /// <summary>A client comes back to its session: a hello that names it.</summary>
    Resume,

    /// <summary>The server's answer to either.</summary>
    Welcome,

    /// <summary>A message of the application, with its number.</summary>
    Message,

    /// <summary>Up to which message all was dealt with.</summary>
    Ack,

    /// <summary>Asks the other end for a pong.</summary>
    Ping,

    /// <summary>The answer to a ping.</summary>
    Pong,
}

/// <summary>What became of the session that a client asked for.</summary>
internal enum Recovery : byte
{
    /// <summary>It asked for none: this is a new one.</summary>
    New,

    /// <summary>It goes on; what was missed follows.</summary>
    Recovered,

    /// <summary>It is lost: this is a new one.</summary>
    Lost,
}

/// <summary>
/// One frame of the subprotocol, read by <see cref="SessionFrameReader"/>: the header line, and for a message what is behind it. Any thread.
/// </summary>
internal readonly struct SessionFrame
{
    private SessionFrame(SessionFrameKind kind, long offset) => (Kind, Offset) = (kind, offset);

    /// <summary>Which frame this is.</summary>
    public SessionFrameKind Kind { get; }

    /// <summary>
    /// A message's own number; else the last message that its sender has, or has dealt with. 0 is none: only a resume and a welcome have it.
    /// Without meaning for a hello, a ping and a pong.
    /// </summary>
    public long Offset { get; }

    /// <summary>What names the session and proves that it is one's own: a secret. Only a resume and a welcome have one.</summary>
    public string Token { get; private init; } = "";

    /// <summary>Which numbering the offsets are of. Only a resume and a welcome have one.</summary>
    public string Epoch { get; private init; } = "";

    /// <summary>Without meaning for anything but a welcome.</summary>
    public Recovery Recovery { get; private init; }

    /// <summary>What a message carries; without meaning for other frames.</summary>
    public MessageKind MessageKind { get; private init; }

    /// <summary>The payload of a message: a slice of what came. Empty for other frames.</summary>
    public ReadOnlyMemory<byte> Payload { get; private init; }

    public static SessionFrame Hello { get; } = new(SessionFrameKind.Hello, 0);

    public static SessionFrame Resume(string token, string epoch, long offset) =>
        new(SessionFrameKind.Resume, offset) { Token = token, Epoch = epoch };

    public static SessionFrame Welcome(string token, string epoch, Recovery recovery, long offset) =>
        new(SessionFrameKind.Welcome, offset) { Token = token, Epoch = epoch, Recovery = recovery };

    public static SessionFrame Message(long offset, MessageKind kind, ReadOnlyMemory<byte> payload) =>
        new(SessionFrameKind.Message, offset) { MessageKind = kind, Payload = payload };

    public static SessionFrame Ack(long offset) => new(SessionFrameKind.Ack, offset);

    public static SessionFrame Ping { get; } = new(SessionFrameKind.Ping, 0);

    public static SessionFrame Pong { get; } = new(SessionFrameKind.Pong, 0);

    /// <summary>Neither token nor payload: they reach no log.</summary>
    public override string ToString() => $"{Kind} {Offset}";
}
