using System.IO.Compression;
using BenchmarkDotNet.Attributes;
using WsActors.Protocol.Compression;

namespace WsActors.Benchmarks.Core;

/// <summary>One message of JSON through permessage-deflate and back, with a context that is kept or without.</summary>
[MemoryDiagnoser]
public class CompressionBenchmarks : IDisposable
{
    private byte[] _message = [];
    private byte[] _compressed = [];
    private byte[] _destination = [];
    private Deflater? _deflater;
    private Inflater? _inflater;

    [Params(64, 1024, 16 * 1024)]
    public int MessageBytes { get; set; }

    [Params(CompressionLevel.Fastest, CompressionLevel.Optimal)]
    public CompressionLevel Level { get; set; }

    [Params(true, false)]
    public bool KeepsContext { get; set; }

    [GlobalSetup]
    public void MakeMessage()
    {
        _message = Samples.Text("ascii", MessageBytes);
        _destination = new byte[MessageBytes + Deflater.FirstMessageOverheadBytes];
        _deflater = new(KeepsContext, windowBits: 15, Level);
        _inflater = new(KeepsContext);

        // The first message of a context refers to nothing before it, so it can be inflated again and again.
        using var first = new Deflater(keepsContext: true, windowBits: 15, Level);
        _compressed = _destination[..first.Compress(_message, _destination)];
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _deflater?.Dispose();
        _inflater?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int Deflate() => _deflater!.Compress(_message, _destination);

    [Benchmark]
    public int Inflate()
    {
        _inflater!.Add(_compressed);
        var inflated = 0;
        while (_inflater.Read(_destination) is > 0 and var count)
        {
            inflated += count;
        }

        _inflater.EndMessage();
        return inflated;
    }
}
