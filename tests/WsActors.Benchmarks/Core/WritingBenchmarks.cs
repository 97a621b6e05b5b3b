using System.Buffers;
using BenchmarkDotNet.Attributes;
using WsActors.Protocol;
using WsActors.Protocol.Frames;

namespace WsActors.Benchmarks.Core;

/// <summary>Writing one frame into a buffer that is used again; a client's is masked with a fresh key.</summary>
[MemoryDiagnoser]
public class WritingBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(128 * 1024);
    private byte[] _payload = [];

    [Params(Role.Server, Role.Client)]
    public Role Role { get; set; }

    [Params(64, 1024, 64 * 1024)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void MakePayload() => _payload = Samples.Random(PayloadBytes);

    [Benchmark]
    public int Message()
    {
        _output.ResetWrittenCount();
        FrameWriter.Write(_output, Role, Opcode.Binary, _payload);
        return _output.WrittenCount;
    }
}
