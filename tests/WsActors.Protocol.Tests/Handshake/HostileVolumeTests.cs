using System.Text;
using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

/// <summary>Requests that broke WebSocket servers by their volume or slowness, each with the number of its rule.</summary>
public class HostileVolumeTests
{
    private const string Valid = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    [Fact]
    public void R8_a_request_received_byte_by_byte_is_not_rescanned()
    {
        var growth = Dripping.CostOfLastToFirst(LongHead(1 << 18), static () =>
        {
            var parser = new RequestParser(new() { MaxHeaderBytes = int.MaxValue });
            return chunk => parser.TryRead(ref chunk, out _);
        });

        // If the scan restarted with each chunk, the last bytes would cost at least sixteen times the first.
        Assert.InRange(growth, 0, 5);
    }

    [Fact]
    public void R8_memory_grows_with_the_received_bytes_and_not_with_the_chunks()
    {
        Drip(1 << 10);
        Assert.InRange(Drip(1 << 16), 0, 8 << 16);
        Assert.InRange(Drip(1 << 20), 0, 8 << 20);
    }

    [Fact]
    public void R8_endless_headers_are_refused_with_431_within_the_stated_memory()
    {
        var chunk = Heads.Wire("X-Header: some value of no interest\r\n");
        var parser = new RequestParser(new() { MaxHeaders = int.MaxValue });
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
    public void R10_long_lists_take_linear_time(string piece)
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

    // Recursion would need a stack as deep as the list is long; it would end the test run.
    [Theory]
    [InlineData("Connection", false)]
    [InlineData("Sec-WebSocket-Extensions", true)]
    [InlineData("Sec-WebSocket-Protocol", true)]
    public void R10_a_million_elements_are_read_on_a_small_stack(string name, bool isUpgrade)
    {
        const int SmallStackBytes = 128 * 1024;
        var list = string.Join(',', Enumerable.Range(0, 1_000_000).Select(static i => $"a{i}"));
        var others = string.Join("\r\n", Valid.Split("\r\n").Where(line => !line.StartsWith(name, StringComparison.Ordinal)));
        var request = Heads.AssertRequest(
            others.Replace("Upgrade:", $"{name}: {list}\r\nUpgrade:", StringComparison.Ordinal),
            new() { MaxHeaderBytes = int.MaxValue });
        var isRead = false;
        var reader = new Thread(() => isRead = ServerHandshake.Check(request, out _, out _), SmallStackBytes);
        reader.Start();
        reader.Join();

        Assert.Equal(isUpgrade, isRead);
    }

    [Fact]
    public void R10_no_regular_expression_reads_bytes_of_a_peer() => Assert.DoesNotContain(
        typeof(ServerHandshake).Assembly.GetReferencedAssemblies(),
        static assembly => assembly.Name == "System.Text.RegularExpressions");

    private static RequestParseResult FeedForever(RequestParser parser, byte[] first, byte[] chunk)
    {
        ReadOnlySpan<byte> bytes = first;
        RequestParseResult? fact;
        while (!parser.TryRead(ref bytes, out fact))
        {
            bytes = chunk;
        }

        return fact;
    }

    /// <summary>An endless head, in one header line of a number of bytes.</summary>
    private static byte[] LongHead(int bytes) => Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nX: " + new string('x', bytes));

    /// <returns>The number of bytes allocated to read such a head, each byte in its own chunk.</returns>
    private static long Drip(int bytes)
    {
        var wire = LongHead(bytes);
        var parser = new RequestParser(new() { MaxHeaderBytes = wire.Length });
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var at = 0; at < wire.Length; at++)
        {
            ReadOnlySpan<byte> one = wire.AsSpan(at, 1);
            if (parser.TryRead(ref one, out _) || !one.IsEmpty)
            {
                Assert.Fail("The line has no end, so there is no fact, and each byte is taken.");
            }
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
