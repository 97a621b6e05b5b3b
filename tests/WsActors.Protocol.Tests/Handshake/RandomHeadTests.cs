using System.Buffers;
using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

/// <summary>Whatever comes, a parser yields a fact or waits for more: it never throws, and holds no more than its limits.</summary>
public class RandomHeadTests
{
    private const string ValidRequest = "GET /chat/%C3%A9?a=%20b&c=d HTTP/1.1\r\nHost: example.com\r\n"
        + "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nCookie: a=b; c=d\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: chat, superchat\r\n\r\n";

    private const string ValidResponse = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    private const string Alphabet = "\r\n\0\t :;,=/%?#\"\\\u00e9\u007fGETHOST1.0";

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_bytes_end_only_in_a_fact(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var wire = new byte[random.Next(1, 400)];
            random.NextBytes(wire);
            AssertTame(wire);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_bytes_of_the_head_s_own_alphabet_end_only_in_a_fact(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            AssertTame(Heads.Wire("GET / HTTP/1.1\r\n" + new string(random.GetItems<char>(Alphabet, random.Next(1, 200)))));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_mutations_of_a_valid_head_end_only_in_a_fact(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            AssertTame(Mutate(random, Heads.Wire(ValidRequest)));
            AssertTame(Mutate(random, Heads.Wire(ValidResponse)));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_chunks_of_an_endless_head_hold_no_more_than_the_limits(int seed)
    {
        var random = new Random(seed);
        var limits = new RequestLimits(MaxRequestLineBytes: 1024, MaxHeaderBytes: 4096, MaxHeaders: 20);
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

    private static byte[] Mutate(Random random, byte[] valid)
    {
        var bytes = valid.ToList();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(bytes.Count);
            var value = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)Alphabet[random.Next(Alphabet.Length)];
            switch (random.Next(5))
            {
                case 0: bytes[at] = value; break;
                case 1: bytes.Insert(at, value); break;
                case 2: bytes.RemoveAt(at); break;
                case 3: bytes.InsertRange(at, bytes[..at]); break;
                default: bytes.RemoveRange(at, random.Next(bytes.Count - at)); break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Both parsers see the same whole and byte by byte, and a request that passes may be asked anything.</summary>
    private static void AssertTame(byte[] wire)
    {
        byte[][] whole = [wire];
        byte[][] dripped = [.. wire.Select(static b => new[] { b })];
        Assert.Equal(Heads.ReadRequest(whole), Heads.ReadRequest(dripped));
        Assert.Equal(Heads.ReadResponse(whole), Heads.ReadResponse(dripped));

        ReadOnlySpan<byte> bytes = wire;
        if (!new RequestParser(new()).TryRead(ref bytes, out var fact) || fact is not HttpRequest request)
        {
            return;
        }

        Assert.StartsWith("/", request.Path, StringComparison.Ordinal);
        _ = request.Query["a"];
        _ = request.Cookie("a");
        _ = PercentEncoding.TryDecodeSegment(request.Path.AsSpan(1), out _);
        if (ServerHandshake.Check(request, out var offer, out var refusal))
        {
            ServerHandshake.WriteAccept(new ArrayBufferWriter<byte>(), offer, offer.Subprotocols is [var first, ..] ? first : null, []);
        }
        else
        {
            ResponseWriter.Write(new ArrayBufferWriter<byte>(), refusal.ToResponse(), DateTimeOffset.UnixEpoch, withBody: true);
        }
    }
}
