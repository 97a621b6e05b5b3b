using WsActors.Protocol.Messages;

namespace WsActors.Sessions.Subprotocol;

/// <summary>The kind of a <see cref="SessionFrame"/>.</summary>
internal enum SessionFrameKind : byte
{
    /// <summary>A client starts a session.</summary>
    Hello,

    /// <summary>A client returns to its session: a hello that names it.</summary>
    Resume,

    /// <summary>The server's answer to either.</summary>
    Welcome,

    /// <summary>A message of the application, with its offset.</summary>
    Message,

    /// <summary>The offset up to which all messages are acknowledged.</summary>
    Ack,

    /// <summary>Asks the other end for a pong.</summary>
    Ping,

    /// <summary>The answer to a ping.</summary>
    Pong,
}

/// <summary>The result of a hello: a new, a recovered or a lost session.</summary>
internal enum Recovery : byte
{
    /// <summary>The client named no session: this is a new one.</summary>
    New,

    /// <summary>The session continues; the missed messages follow.</summary>
    Recovered,

    /// <summary>The named session is lost: this is a new one.</summary>
    Lost,
}

/// <summary>
/// One frame of the subprotocol, read by <see cref="SessionFrameReader"/>: the header line, and the payload of a message. Any thread.
/// </summary>
internal readonly struct SessionFrame
{
    private SessionFrame(SessionFrameKind kind, long offset) => (Kind, Offset) = (kind, offset);

    /// <summary>The kind of the frame.</summary>
    public SessionFrameKind Kind { get; }

    /// <summary>
    /// A message's own offset; else that of the last message that its sender has received or handled. 0 means no message, and is valid only
    /// in a resume and a welcome. Without meaning for a hello, a ping and a pong.
    /// </summary>
    public long Offset { get; }

    /// <summary>The name of the session with the proof of its ownership: a secret. Only a resume and a welcome have one.</summary>
    public string Token { get; private init; } = "";

    /// <summary>The numbering that the offsets belong to. Only a resume and a welcome have one.</summary>
    public string Epoch { get; private init; } = "";

    /// <summary>Whether the client of a resume has lost what it was shown; version 3.</summary>
    public bool IsReloaded { get; private init; }

    /// <summary>The result of a hello; without meaning for frames other than a welcome.</summary>
    public Recovery Recovery { get; private init; }

    /// <summary>The kind of a message's payload; without meaning for other frames.</summary>
    public MessageKind MessageKind { get; private init; }

    /// <summary>The payload of a message: a slice of the received bytes. Empty for other frames.</summary>
    public ReadOnlyMemory<byte> Payload { get; private init; }

    public static SessionFrame Hello { get; } = new(SessionFrameKind.Hello, 0);

    public static SessionFrame Resume(string token, string epoch, long offset, bool isReloaded = false) =>
        new(SessionFrameKind.Resume, offset) { Token = token, Epoch = epoch, IsReloaded = isReloaded };

    public static SessionFrame Welcome(string token, string epoch, Recovery recovery, long offset) =>
        new(SessionFrameKind.Welcome, offset) { Token = token, Epoch = epoch, Recovery = recovery };

    public static SessionFrame Message(long offset, MessageKind kind, ReadOnlyMemory<byte> payload) =>
        new(SessionFrameKind.Message, offset) { MessageKind = kind, Payload = payload };

    public static SessionFrame Ack(long offset) => new(SessionFrameKind.Ack, offset);

    public static SessionFrame Ping { get; } = new(SessionFrameKind.Ping, 0);

    public static SessionFrame Pong { get; } = new(SessionFrameKind.Pong, 0);

    /// <summary>Kind and offset, without token and payload: these reach no log.</summary>
    public override string ToString() => $"{Kind} {Offset}";
}
