using BenchmarkDotNet.Attributes;
using WsActors.Protocol.Messages;

namespace WsActors.Benchmarks.Core;

/// <summary>Validates text as a whole, and in chunks that cut its characters.</summary>
[MemoryDiagnoser]
public class Utf8Benchmarks
{
    /// <summary>Bytes of a chunk: the payload of an Ethernet frame, an odd number, so that characters are cut at each position.</summary>
    private const int ChunkBytes = 1460;

    private byte[] _text = [];

    [Params("ascii", "mixed", "japanese")]
    public string Language { get; set; } = "ascii";

    [Params(64, 1024, 64 * 1024)]
    public int TextBytes { get; set; }

    [GlobalSetup]
    public void MakeText() => _text = Samples.Text(Language, TextBytes);

    [Benchmark]
    public bool Whole()
    {
        var validator = new Utf8Validator();
        return validator.TryAdvance(_text) && validator.IsComplete;
    }

    [Benchmark]
    public bool InChunks()
    {
        var validator = new Utf8Validator();
        ReadOnlySpan<byte> rest = _text;
        while (rest.Length > ChunkBytes)
        {
            if (!validator.TryAdvance(rest[..ChunkBytes]))
            {
                return false;
            }

            rest = rest[ChunkBytes..];
        }

        return validator.TryAdvance(rest) && validator.IsComplete;
    }
}
