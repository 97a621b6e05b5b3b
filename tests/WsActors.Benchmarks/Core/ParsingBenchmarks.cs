using BenchmarkDotNet.Attributes;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;

namespace WsActors.Benchmarks.Core;

/// <summary>One chunk from a client, as a server reads it: into a buffer that is used again, and into messages that own theirs.</summary>
[MemoryDiagnoser]
public class ParsingBenchmarks : IDisposable
{
    private readonly FrameParser _frames = new(Role.Server);
    private readonly StreamParser _messages = new(Role.Server, new MessageLimits());
    private readonly byte[] _payload = new byte[64 * 1024];
    private byte[] _chunk = [];

    [Params(64, 1024, 64 * 1024)]
    public int PayloadBytes { get; set; }

    [Params(1, 16)]
    public int FramesInChunk { get; set; }

    [GlobalSetup]
    public void MakeChunk() => _chunk = Samples.Chunk(FramesInChunk, PayloadBytes);

    [GlobalCleanup]
    public void Dispose()
    {
        _messages.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int Frames()
    {
        ReadOnlySpan<byte> bytes = _chunk;
        var read = 0;
        while (_frames.TryReadHeader(ref bytes, out _, out _))
        {
            read += _frames.ReadPayload(ref bytes, _payload);
        }

        return read;
    }

    [Benchmark]
    public int Messages()
    {
        ReadOnlySpan<byte> bytes = _chunk;
        var read = 0;
        while (_messages.TryRead(ref bytes, out var fact))
        {
            read += fact.Payload.Length;
        }

        return read;
    }
}
