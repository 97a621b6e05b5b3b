using System.Buffers.Binary;
using WsActors.Conformance.Tests.Script;

namespace WsActors.Conformance.Tests;

/// <summary>The frames of the endpoint under test, each checked against RFC 6455 §5 and for minimal encoding.</summary>
internal sealed class FrameReader(IPeer peer)
{
    public async Task<Frame> Read()
    {
        var header = await Read(2);
        var opcode = header[0] & 0x0F;
        Assert.True((header[0] & 0xF0) == 0x80, $"A whole frame without reserved bits was expected, and {header[0]:X2} came.");
        Assert.True((header[1] & 0x80) != 0 == peer.IsClient, "Clients mask, servers don't.");
        var length = await ReadLength(header[1] & 0x7F);
        var key = peer.IsClient ? await Read(4) : [0, 0, 0, 0];
        var payload = await Read(length);
        for (var i = 0; peer.IsClient && i < length; i++)
        {
            payload[i] ^= key[i % key.Length];
        }

        return new Frame(opcode, payload);
    }

    /// <summary>Only the end arrives: no octet, no reset.</summary>
    public async Task ReadEnd() => Assert.True(await peer.Read(new byte[1]) == 0, "Something came behind the close frame.");

    private async Task<int> ReadLength(int length7)
    {
        switch (length7)
        {
            case 126:
                var length16 = BinaryPrimitives.ReadUInt16BigEndian(await Read(2));
                Assert.True(length16 > 125, "A length must take the fewest octets.");
                return length16;
            case 127:
                var length64 = BinaryPrimitives.ReadInt64BigEndian(await Read(8));
                Assert.True(length64 > ushort.MaxValue, "A length must take the fewest octets.");
                return checked((int)length64);
            default:
                return length7;
        }
    }

    private async Task<byte[]> Read(int count)
    {
        var octets = new byte[count];
        for (int read = 0, more; read < count; read += more)
        {
            more = await peer.Read(octets.AsMemory(read));
            Assert.True(more > 0, "The connection has ended in the middle, or without a close frame.");
        }

        return octets;
    }
}
