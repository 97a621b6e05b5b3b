using System.Diagnostics.CodeAnalysis;
using WsActors.Protocol;
using WsActors.Protocol.Messages;

namespace WsActors.Sessions.Subprotocol;

/// <summary>
/// Reads the frames of the subprotocol, one from each WebSocket message. Each frame has one valid spelling; anything else is a violation,
/// closed with 4400. Reads the frames of all versions. Pure; reading a message or an ack does not allocate.
/// </summary>
internal static class SessionFrameReader
{
    private static readonly Violation NotOfClient = SessionProtocol.Broken("a client's frame is hello, message, ack, ping or pong");
    private static readonly Violation NotOfServer = SessionProtocol.Broken("a server's frame is welcome, message, ack, ping or pong");
    private static readonly Violation NoPayload = SessionProtocol.Broken("a line feed and a payload follow the header of a message");
    private static readonly Violation NoMessage = SessionProtocol.Broken("only a message may be a binary frame, or have a line feed");

    /// <param name="sender">The sender's role: a frame that only the other end may send is a violation.</param>
    /// <param name="kind">The kind of the WebSocket message.</param>
    /// <param name="bytes">The whole message; a payload is a slice of it.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="violation">The rule that it breaks.</param>
    /// <returns>Whether it is a frame.</returns>
    public static bool TryRead(
        Role sender, MessageKind kind, ReadOnlyMemory<byte> bytes, out SessionFrame frame, [NotNullWhen(false)] out Violation? violation)
    {
        var end = bytes.Span.IndexOf((byte)'\n');
        var fields = new SessionFields(end < 0 ? bytes.Span : bytes.Span[..end]);
        var verb = fields.Next();
        frame = default;
        if (verb.SequenceEqual("message"u8))
        {
            violation = end < 0 ? NoPayload : null;
            frame = SessionFrame.Message(fields.Offset(least: 1), kind, bytes[(end + 1)..]);
        }
        else
        {
            violation = end < 0 && kind == MessageKind.Text ? null : NoMessage;
            switch (sender)
            {
                case var _ when verb.SequenceEqual("ack"u8): frame = SessionFrame.Ack(fields.Offset(least: 1)); break;
                case var _ when verb.SequenceEqual("ping"u8): frame = SessionFrame.Ping; break;
                case var _ when verb.SequenceEqual("pong"u8): frame = SessionFrame.Pong; break;
                case Role.Client when verb.SequenceEqual("hello"u8): frame = ReadHello(ref fields); break;
                case Role.Server when verb.SequenceEqual("welcome"u8): frame = ReadWelcome(ref fields); break;
                default: violation = sender == Role.Client ? NotOfClient : NotOfServer; break;
            }
        }

        violation ??= fields.End();
        return violation is null;
    }

    private static SessionFrame ReadHello(ref SessionFields fields) =>
        fields.IsAtEnd
            ? SessionFrame.Hello
            : SessionFrame.Resume(fields.Token(), fields.Epoch(), fields.Offset(least: 0), fields.Reloaded());

    private static SessionFrame ReadWelcome(ref SessionFields fields) =>
        SessionFrame.Welcome(fields.Token(), fields.Epoch(), fields.Recovery(), fields.Offset(least: 0));
}
