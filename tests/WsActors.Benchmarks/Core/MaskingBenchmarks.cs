using BenchmarkDotNet.Attributes;
using WsActors.Protocol.Frames;

namespace WsActors.Benchmarks.Core;

/// <summary>Masking in place and while copying, beside the plain loop that it replaces.</summary>
[MemoryDiagnoser]
public class MaskingBenchmarks
{
    private byte[] _data = [];
    private byte[] _copy = [];

    [Params(64, 1024, 64 * 1024)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void MakeData()
    {
        _data = Samples.Random(PayloadBytes);
        _copy = new byte[PayloadBytes];
    }

    [Benchmark(Baseline = true)]
    public void ByteByByte()
    {
        var data = _data;
        for (var i = 0; i < data.Length; i++)
        {
            data[i] ^= (byte)(Samples.MaskingKey >> (8 * (i & 3)));
        }
    }

    [Benchmark]
    public void InPlace() => Masking.Apply(_data, Samples.MaskingKey, offset: 1);

    [Benchmark]
    public void Copying() => Masking.Apply(_data, _copy, Samples.MaskingKey, offset: 1);
}
