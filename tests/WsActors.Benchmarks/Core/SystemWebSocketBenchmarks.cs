using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;

namespace WsActors.Benchmarks.Core;

/// <summary>
/// Sixteen messages received by the parser of .NET, <c>System.Net.WebSockets</c>, over a stream in memory, beside ours on the same bytes,
/// each into a buffer that is used again; and by ours into messages that own theirs. In both roles: a server unmasks, a client does not.
/// </summary>
[MemoryDiagnoser]
public class SystemWebSocketBenchmarks : IDisposable
{
    private const int Messages = 16;

    private readonly byte[] _payload = new byte[64 * 1024];
    private byte[] _chunk = [];
    private FrameParser? _frames;
    private StreamParser? _messages;
    private WebSocket? _socket;

    [Params(Role.Server, Role.Client)]
    public Role Role { get; set; }

    [Params(64, 1024, 64 * 1024)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void MakeChunk()
    {
        _chunk = Samples.Chunk(Messages, PayloadBytes, Role == Role.Server ? Role.Client : Role.Server);
        _frames = new(Role);
        _messages = new(Role, new MessageLimits());
        _socket = WebSocket.CreateFromStream(new Endless(_chunk), new WebSocketCreationOptions { IsServer = Role == Role.Server });
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _messages?.Dispose();
        _socket?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public async Task<int> SystemNetWebSockets()
    {
        var read = 0;
        for (var message = 0; message < Messages; message++)
        {
            ValueWebSocketReceiveResult part;
            do
            {
                part = await _socket!.ReceiveAsync(_payload.AsMemory(), CancellationToken.None);
                read += part.Count;
            }
            while (!part.EndOfMessage);
        }

        return read;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public int OurFrames()
    {
        ReadOnlySpan<byte> bytes = _chunk;
        var read = 0;
        while (_frames!.TryReadHeader(ref bytes, out _, out _))
        {
            read += _frames.ReadPayload(ref bytes, _payload);
        }

        return read;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public int OurMessages()
    {
        ReadOnlySpan<byte> bytes = _chunk;
        var read = 0;
        while (_messages!.TryRead(ref bytes, out var fact))
        {
            read += fact.Payload.Length;
        }

        return read;
    }

    /// <summary>The same bytes again and again, never more than asked for, and at once.</summary>
    private sealed class Endless(byte[] bytes) : Stream
    {
        private int _offset;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, bytes.Length - _offset);
            bytes.AsSpan(_offset, count).CopyTo(buffer);
            _offset = (_offset + count) % bytes.Length;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Read(buffer.Span));

        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
