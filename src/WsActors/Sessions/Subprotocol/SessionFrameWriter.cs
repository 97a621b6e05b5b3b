using System.Buffers.Text;
using System.Globalization;
using System.Text;
using WsActors.Protocol.Messages;

namespace WsActors.Sessions.Subprotocol;

/// <summary>
/// Writes the frames of the subprotocol, each as one array of its exact length; a message and an ack allocate nothing else. All but a
/// message with a binary payload are sent as text. Pure.
/// </summary>
internal static class SessionFrameWriter
{
    /// <summary>Most bytes before a payload.</summary>
    public const int MaxHeaderLength = 28;

    private static readonly byte[] HelloFrame = "hello"u8.ToArray();

    private static readonly byte[] PingFrame = "ping"u8.ToArray();

    private static readonly byte[] PongFrame = "pong"u8.ToArray();

    public static ReadOnlyMemory<byte> Hello() => HelloFrame;

    public static ReadOnlyMemory<byte> Ping() => PingFrame;

    public static ReadOnlyMemory<byte> Pong() => PongFrame;

    public static ReadOnlyMemory<byte> Resume(string token, string epoch, long offset, bool isReloaded = false) =>
        Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"hello {token} {epoch} {offset}{(isReloaded ? " reloaded" : "")}"));

    public static ReadOnlyMemory<byte> Welcome(string token, string epoch, Recovery recovery, long offset) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"welcome {token} {epoch} {Word(recovery)} {offset}"));

    public static ReadOnlyMemory<byte> Ack(long offset)
    {
        Span<byte> header = stackalloc byte[MaxHeaderLength];
        return header[..Header("ack "u8, offset, header)].ToArray();
    }

    /// <summary>A message frame; sent as text or binary, by the kind of its payload.</summary>
    public static ReadOnlyMemory<byte> Message(long offset, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[MaxHeaderLength];
        var length = Header("message "u8, offset, header);
        header[length++] = (byte)'\n';
        var frame = GC.AllocateUninitializedArray<byte>(length + payload.Length);
        header[..length].CopyTo(frame);
        payload.CopyTo(frame.AsSpan(length));
        return frame;
    }

    /// <summary>The command that sends an application's message in its frame.</summary>
    public static Ws.Send SendOf(long offset, Ws.Send message) =>
        Ws.Send.Create(message.Kind, Message(offset, message.Payload.Span)) with { Compress = message.Compress };

    /// <summary>
    /// The command that sends any other frame. A welcome contains a secret: compression would reveal parts of it by the frame's length.
    /// </summary>
    public static Ws.Send SendOf(ReadOnlyMemory<byte> frame) => Ws.Send.Create(MessageKind.Text, frame) with { Compress = false };

    private static int Header(ReadOnlySpan<byte> word, long offset, Span<byte> header)
    {
        word.CopyTo(header);
        Utf8Formatter.TryFormat(offset, header[word.Length..], out var digits);
        return word.Length + digits;
    }

    private static string Word(Recovery recovery) => recovery switch
    {
        Recovery.New => "new",
        Recovery.Recovered => "true",
        Recovery.Lost => "false",
        _ => throw new ArgumentOutOfRangeException(nameof(recovery)),
    };
}
