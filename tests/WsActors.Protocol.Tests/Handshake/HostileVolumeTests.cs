using System.Diagnostics;
using System.Text;
using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

/// <summary>Requests that broke WebSocket servers by how much they say, or how slowly, each by the number of its rule.</summary>
public class HostileVolumeTests
{
    private const string Valid = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    [Fact]
    public void R8_a_request_that_drips_is_not_read_again_and_again()
    {
        Drip(1 << 10);
        var small = Enumerable.Range(0, 5).Min(static _ => Drip(1 << 15).Elapsed);
        var large = Enumerable.Range(0, 5).Min(static _ => Drip(1 << 20).Elapsed);

        // 32 times the bytes: 32 times the work if each byte is looked at once, 600 times and more if a scan restarts.
        Assert.InRange(large / small, 0, 250);
    }

    [Fact]
    public void R8_memory_grows_with_the_bytes_that_came_and_not_with_the_chunks()
    {
        Drip(1 << 10);
        Assert.InRange(Drip(1 << 16).AllocatedBytes, 0, 8 << 16);
        Assert.InRange(Drip(1 << 20).AllocatedBytes, 0, 8 << 20);
    }

    [Fact]
    public void R8_endless_headers_are_refused_with_431_within_the_stated_memory()
    {
        var chunk = Heads.Wire("X-Header: some value of no interest\r\n");
        var parser = new RequestParser(new(MaxHeaders: int.MaxValue));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var fact = FeedForever(parser, Heads.Wire("GET / HTTP/1.1\r\n"), chunk);

        Assert.Equal(431, Assert.IsType<Refusal>(fact).Status);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * new RequestLimits().MaxHeaderBytes);
    }

    [Theory]
    [InlineData(",")]
    [InlineData(" ")]
    [InlineData(" ,")]
    [InlineData("a,")]
    [InlineData("upgrade;")]
    public void R10_long_lists_cost_no_more_than_their_bytes(string piece)
    {
        var list = string.Concat(Enumerable.Repeat(piece, 30_000 / piece.Length));
        var request = Heads.AssertRequest(Valid.Replace("Connection: Upgrade", $"Connection: {list}", StringComparison.Ordinal));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.False(ServerHandshake.Check(request, out _, out var refusal));
        Assert.Equal(400, refusal.Status);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 16);
    }

    [Fact]
    public void R10_thousands_of_offered_subprotocols_are_read_in_one_pass()
    {
        var offered = string.Join(',', Enumerable.Range(0, 5_000).Select(static i => $"p{i}"));
        var wire = Valid.Replace("Upgrade:", $"Sec-WebSocket-Protocol: {offered}\r\nUpgrade:", StringComparison.Ordinal);

        Assert.True(ServerHandshake.Check(Heads.AssertRequest(wire), out var offer, out _));
        Assert.Equal(5_000, offer.Subprotocols.Count);
    }

    private static RequestFact FeedForever(RequestParser parser, byte[] first, byte[] chunk)
    {
        ReadOnlySpan<byte> bytes = first;
        RequestFact? fact;
        while (!parser.TryRead(ref bytes, out fact))
        {
            bytes = chunk;
        }

        return fact;
    }

    /// <summary>One header line of so many bytes, each byte in a chunk of its own.</summary>
    private static (TimeSpan Elapsed, long AllocatedBytes) Drip(int bytes)
    {
        var wire = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nX: " + new string('x', bytes));
        var parser = new RequestParser(new(MaxHeaderBytes: wire.Length));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        for (var at = 0; at < wire.Length; at++)
        {
            ReadOnlySpan<byte> one = wire.AsSpan(at, 1);
            if (parser.TryRead(ref one, out _) || !one.IsEmpty)
            {
                Assert.Fail("The line has no end, so there is no fact, and each byte is taken.");
            }
        }

        return (clock.Elapsed, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
