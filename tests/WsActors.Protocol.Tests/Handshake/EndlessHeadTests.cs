using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

/// <summary>A head without an end is refused at its limit, in any chunks.</summary>
public class EndlessHeadTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_chunks_of_an_endless_head_hold_no_more_than_the_limits(int seed)
    {
        var random = new Random(seed);
        var limits = new RequestLimits { MaxRequestLineBytes = 1024, MaxHeaderBytes = 4096, MaxHeaders = 20 };
        var parser = new RequestParser(limits);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Heads.Wire("GET / HTTP/1.1\r\n");
        ReadOnlySpan<byte> bytes = start;
        var fed = 0L;
        while (!parser.TryRead(ref bytes, out _))
        {
            var chunk = new byte[random.Next(1, 300)];
            Array.Fill(chunk, (byte)'x');
            before += chunk.Length + 32;
            fed += chunk.Length;
            bytes = chunk;
        }

        Assert.InRange(fed, limits.MaxHeaderBytes, limits.MaxHeaderBytes + 300);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * limits.MaxHeaderBytes);
    }
}
