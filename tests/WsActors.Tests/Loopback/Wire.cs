using System.Buffers.Binary;
using System.Text;
using WsActors.Protocol.Frames;

namespace WsActors.Tests.Loopback;

/// <summary>What a client puts on the wire, right or wrong.</summary>
internal static class Wire
{
    public static byte[] Text(string text, bool fin = true) => Frame(Opcode.Text, Encoding.UTF8.GetBytes(text), fin);

    public static byte[] Binary(byte[] payload, bool fin = true) => Frame(Opcode.Binary, payload, fin);

    public static byte[] Close(int code) => Frame(Opcode.Close, [(byte)(code >> 8), (byte)code]);

    public static byte[] Frame(Opcode opcode, byte[] payload, bool fin = true) => TestKit.ClientProbe.Frame(opcode, payload, fin);

    /// <summary>The header of a masked binary frame, its key zero, so that what follows counts as it is.</summary>
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
