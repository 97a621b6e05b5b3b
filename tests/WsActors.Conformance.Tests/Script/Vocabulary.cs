using System.Buffers.Binary;
using System.Text;

namespace WsActors.Conformance.Tests.Script;

/// <summary>The words in which cases are written down.</summary>
internal static class Vocabulary
{
    public static Frame Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    public static Frame Text(ReadOnlyMemory<byte> octets) => new(Frame.Text, octets);

    public static Frame Binary(ReadOnlyMemory<byte> octets) => new(Frame.Binary, octets);

    public static Frame Continuation(string text) => Continuation(Encoding.UTF8.GetBytes(text));

    public static Frame Continuation(ReadOnlyMemory<byte> octets) => new(Frame.Continuation, octets);

    public static Frame Ping(string text = "") => Ping(Encoding.UTF8.GetBytes(text));

    public static Frame Ping(ReadOnlyMemory<byte> octets) => new(Frame.Ping, octets);

    public static Frame Pong(string text = "") => Pong(Encoding.UTF8.GetBytes(text));

    public static Frame Pong(ReadOnlyMemory<byte> octets) => new(Frame.Pong, octets);

    /// <summary>A close frame with a code, and perhaps a reason.</summary>
    public static Frame Close(int code, string reason = "")
    {
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.UTF8.GetBytes(reason, payload.AsSpan(2));
        return ClosePayload(payload);
    }

    /// <summary>A close frame with any payload.</summary>
    public static Frame ClosePayload(params byte[] octets) => new(Frame.Close, octets);

    /// <summary>A message cut into frames of a number of octets; the last has the rest.</summary>
    public static IEnumerable<Frame> Fragments(Frame message, int size)
    {
        for (var start = 0; start < message.Payload.Length; start += size)
        {
            var end = Math.Min(start + size, message.Payload.Length);
            yield return new Frame(start == 0 ? message.Opcode : Frame.Continuation, message.Payload[start..end])
            {
                Fin = end == message.Payload.Length,
            };
        }
    }

    public static Sending Send(params Frame[] frames) => new(frames);

    public static Sending Send(IEnumerable<Frame> frames) => new(frames);

    /// <summary>These frames are returned, and the connection stays open.</summary>
    public static Answer Returns(params Frame[] frames) => new(frames);

    /// <summary>Nothing is returned, and the connection stays open.</summary>
    public static Answer Nothing { get; } = new([]);

    /// <summary>A close frame with this code is returned, and then the end.</summary>
    public static Answer Closes(int code) => new([], code);

    /// <summary>A close frame without a code is returned, and then the end.</summary>
    public static Answer ClosesWithoutCode { get; } = Closes(1005);
}
