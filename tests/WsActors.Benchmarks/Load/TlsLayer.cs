using System.Buffers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks.Sources;

namespace WsActors.Benchmarks.Load;

/// <summary>
/// TLS of one connection: .NET's own, over a stream that the loop feeds. All of it runs on the loop's thread, since awaiting code resumes
/// within <see cref="OnBytes"/>.
/// </summary>
internal sealed class TlsLayer : IDisposable
{
    private readonly LoadConnection _connection;
    private readonly Wire _wire;
    private readonly SslStream _tls;
    private readonly X509Certificate2 _trusted;

    /// <param name="connection">The connection whose bytes it encrypts.</param>
    /// <param name="trusted">The server's certificate, or its issuer's.</param>
    public TlsLayer(LoadConnection connection, X509Certificate2 trusted)
    {
        _connection = connection;
        _trusted = trusted;
        _wire = new Wire(connection);
        _tls = new SslStream(_wire);
    }

    /// <summary>Shakes hands, asks for the WebSocket, and reads from then on.</summary>
    public async Task RunAsync()
    {
        try
        {
            await _tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { _trusted },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            });
            _connection.SendRequest();
            var buffer = new byte[32 * 1024];
            while (await _tls.ReadAsync(buffer) is > 0 and var count)
            {
                _connection.OnBytes(buffer.AsSpan(0, count));
            }
        }
        catch (Exception e)
        {
            // It is thrown where the loop feeds it, and ends the load there.
            _wire.Failure = e;
        }
    }

    /// <summary>Encrypts and sends.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => _tls.Write(bytes);

    /// <summary>Passes received bytes to TLS.</summary>
    public void OnBytes(ReadOnlySpan<byte> bytes)
    {
        _wire.Feed(bytes);
        if (_wire.Failure is { } failure)
        {
            throw failure as LoadException ?? new LoadException($"TLS has failed: {failure.Message}");
        }
    }

    public void Dispose()
    {
        _tls.Dispose();
        _wire.Dispose();
    }

    /// <summary>The stream that SslStream uses as its network.</summary>
    private sealed class Wire(LoadConnection connection) : Stream, IValueTaskSource<int>
    {
        private readonly ArrayBufferWriter<byte> _unread = new();
        private int _readOffset;
        private ManualResetValueTaskSourceCore<int> _reading;
        private Memory<byte>? _destination;

        public Exception? Failure { get; set; }

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Feed(ReadOnlySpan<byte> bytes)
        {
            _unread.Write(bytes);
            if (_destination is { } destination)
            {
                _destination = null;
                _reading.SetResult(Take(destination.Span));
            }
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_unread.WrittenCount > 0)
            {
                return new(Take(buffer.Span));
            }

            _destination = buffer;
            _reading.Reset();
            return new(this, _reading.Version);
        }

        public override void Write(ReadOnlySpan<byte> buffer) => connection.WriteToSocket(buffer);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return default;
        }

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        int IValueTaskSource<int>.GetResult(short token) => _reading.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _reading.GetStatus(token);

        void IValueTaskSource<int>.OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _reading.OnCompleted(continuation, state, token, flags);

        private int Take(Span<byte> destination)
        {
            var count = Math.Min(destination.Length, _unread.WrittenCount - _readOffset);
            _unread.WrittenSpan.Slice(_readOffset, count).CopyTo(destination);
            _readOffset += count;
            if (_readOffset == _unread.WrittenCount)
            {
                _unread.ResetWrittenCount();
                _readOffset = 0;
            }

            return count;
        }
    }
}
