using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using WsActors.Protocol.Frames;

namespace WsActors.Tests.Loopback;

/// <summary>A client's bytes, valid or not.</summary>
internal static class Wire
{
    public static byte[] Text(string text, bool fin = true) => Frame(Opcode.Text, Encoding.UTF8.GetBytes(text), fin);

    public static byte[] Binary(byte[] payload, bool fin = true) => Frame(Opcode.Binary, payload, fin);

    public static byte[] Close(int code) => Frame(Opcode.Close, [(byte)(code >> 8), (byte)code]);

    public static byte[] Frame(Opcode opcode, byte[] payload, bool fin = true, bool rsv1 = false) =>
        TestKit.ClientProbe.Frame(opcode, payload, fin, rsv1);

    /// <summary>A message as permessage-deflate has it (RFC 7692 §7.2.1), in a frame for each piece.</summary>
    public static byte[][] Compressed(params byte[][] pieces)
    {
        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true);
        var frames = new byte[pieces.Length][];
        for (var i = 0; i < pieces.Length; i++)
        {
            var isLast = i == pieces.Length - 1;
            deflate.Write(pieces[i]);
            deflate.Flush();
            var payload = output.ToArray();
            output.SetLength(0);
            frames[i] = Frame(i == 0 ? Opcode.Binary : Opcode.Continuation, isLast ? payload[..^4] : payload, fin: isLast, rsv1: i == 0);
        }

        return frames;
    }

    /// <summary>The header of a masked binary frame with a zero key, so that the payload is unchanged.</summary>
    public static byte[] HeaderOf(long length)
    {
        var header = new byte[14];
        (header[0], header[1]) = (0x82, 0xFF);
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(2), length);
        return header;
    }

    public static byte[] Request(string path, string headers = "") => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n");
}
