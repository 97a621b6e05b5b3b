using System.Buffers.Binary;
using System.Text;

namespace WsActors.Conformance.Tests.Script;

/// <summary>The words in which cases are written down.</summary>
internal static class Vocabulary
{
    public static QueuedFrame Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    public static QueuedFrame Text(ReadOnlyMemory<byte> octets) => new(QueuedFrame.Text, octets);

    public static QueuedFrame Binary(ReadOnlyMemory<byte> octets) => new(QueuedFrame.Binary, octets);

    public static QueuedFrame Continuation(string text) => Continuation(Encoding.UTF8.GetBytes(text));

    public static QueuedFrame Continuation(ReadOnlyMemory<byte> octets) => new(QueuedFrame.Continuation, octets);

    public static QueuedFrame Ping(string text = "") => Ping(Encoding.UTF8.GetBytes(text));

    public static QueuedFrame Ping(ReadOnlyMemory<byte> octets) => new(QueuedFrame.Ping, octets);

    public static QueuedFrame Pong(string text = "") => Pong(Encoding.UTF8.GetBytes(text));

    public static QueuedFrame Pong(ReadOnlyMemory<byte> octets) => new(QueuedFrame.Pong, octets);

    /// <summary>A close frame with a code, and perhaps a reason.</summary>
    public static QueuedFrame Close(int code, string reason = "")
    {
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.UTF8.GetBytes(reason, payload.AsSpan(2));
        return ClosePayload(payload);
    }

    /// <summary>A close frame with any payload.</summary>
    public static QueuedFrame ClosePayload(params byte[] octets) => new(QueuedFrame.Close, octets);

    /// <summary>A message cut into frames of so many octets; what is left is in the last.</summary>
    public static IEnumerable<QueuedFrame> Fragments(QueuedFrame message, int size)
    {
        for (var start = 0; start < message.Payload.Length; start += size)
        {
            var end = Math.Min(start + size, message.Payload.Length);
            yield return new QueuedFrame(start == 0 ? message.Opcode : QueuedFrame.Continuation, message.Payload[start..end])
            {
                Fin = end == message.Payload.Length,
            };
        }
    }

    public static SendPath Send(params QueuedFrame[] frames) => new(frames);

    public static SendPath Send(IEnumerable<QueuedFrame> frames) => new(frames);

    /// <summary>These frames come back, and the connection stays open.</summary>
    public static Answer Returns(params QueuedFrame[] frames) => new(frames);

    /// <summary>Nothing comes back, and the connection stays open.</summary>
    public static Answer Nothing { get; } = new([]);

    /// <summary>A close frame with this code comes back, and then the end.</summary>
    public static Answer Closes(int code) => new([], code);

    /// <summary>A close frame without a code comes back, and then the end.</summary>
    public static Answer ClosesWithoutCode { get; } = Closes(1005);
}
