using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace WsActors.Benchmarks.Load;

/// <summary>One client: a socket, its unsent bytes, and its received bytes. Used on the thread of its <see cref="LoadRun"/>.</summary>
internal sealed class LoadConnection(LoadRun run, int index) : IDisposable
{
    // A masked pong and a masked close frame with 1000, both with a key of zeros. A pong needs no payload to show that one lives.
    private static readonly byte[] Pong = [0x8A, 0x80, 0, 0, 0, 0];
    private static readonly byte[] CloseFrame = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8];

    // The server's answer to the key of all clients here (RFC 6455 §1.3).
    private static readonly byte[] Accept = Encoding.ASCII.GetBytes("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");

    private Action<ReadOnlySpan<byte>> _on = static _ => { };
    private int _socket = -1;
    private bool _isConnected;
    private TlsLayer? _tls;
    private Http2Layer? _http2;
    private MessageChecker _checker = new(run.Message);

    // The bytes that the kernel has not taken yet, and the number sent of them.
    private ArrayBufferWriter<byte>? _unsent;
    private int _unsentOffset;

    /// <summary>For each message without an echo, the time when it was sent, or was due.</summary>
    public Queue<long> Sent { get; } = new();

    /// <summary>Whether the server has answered our close frame.</summary>
    public bool IsClosed { get; private set; }

    private bool HasUnsent => _unsent is { WrittenCount: > 0 };

    /// <summary>Connects, or connects again.</summary>
    public void Dial()
    {
        Dispose();
        (_isConnected, IsClosed, _checker) = (false, false, new(run.Message));
        (_unsent, _unsentOffset, _http2) = (null, 0, null);
        Sent.Clear();
        _socket = Libc.NewSocket();
        Libc.Connect(_socket, run.Options.Ports[index % run.Options.Ports.Count]);
        run.Poll.Add(_socket, index, writable: true);
    }

    /// <summary>Closes the socket. No more events follow.</summary>
    public void Dispose()
    {
        if (_socket >= 0)
        {
            _ = Libc.Close(_socket);
            _socket = -1;
        }

        _tls?.Dispose();
        _tls = null;
    }

    /// <summary>Reads or writes, by the socket's readiness.</summary>
    public void OnReady(uint events)
    {
        if (!_isConnected)
        {
            OnConnected();
            return;
        }

        if ((events & Libc.Writable) != 0)
        {
            Flush();
        }

        if ((events & (Libc.Readable | Libc.Broken)) != 0)
        {
            Read();
        }
    }

    /// <summary>Sends messages, each of which counts from the same time.</summary>
    public void Send(int messages, long since)
    {
        while (messages > 0)
        {
            var count = Math.Min(messages, run.Message.AtOnce);
            for (var i = 0; i < count; i++)
            {
                Sent.Enqueue(since);
            }

            Write(run.Message.Frames(count));
            messages -= count;
        }
    }

    public void SendClose() => Write(CloseFrame);

    /// <summary>The received bytes, decrypted with TLS, and without the frames of HTTP/2.</summary>
    public void OnBytes(ReadOnlySpan<byte> bytes) => _on(bytes);

    /// <summary>The stream of HTTP/2 is open.</summary>
    public void OnHttp2Open()
    {
        _on = ReadMessages;
        run.Opened++;
        run.Mode.OnOpen(this);
    }

    /// <summary>Sends bytes as they are, for TLS and HTTP/2.</summary>
    public void WriteToSocket(ReadOnlySpan<byte> bytes)
    {
        if (_socket < 0)
        {
            return;
        }

        var sent = HasUnsent ? 0 : (int)Libc.Send(_socket, bytes);
        if (sent == bytes.Length)
        {
            return;
        }

        if (sent < 0 && Marshal.GetLastPInvokeError() is not Libc.TryAgain)
        {
            run.Mode.OnEnd(this);
            return;
        }

        var hadUnsent = HasUnsent;
        (_unsent ??= new()).Write(bytes[Math.Max(0, sent)..]);
        if (!hadUnsent)
        {
            run.Poll.Change(_socket, index, writable: true);
        }
    }

    /// <summary>Sends the upgrade request: with TLS, after its handshake.</summary>
    public void SendRequest()
    {
        _on = ReadResponse;
        Write(run.Request);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (_tls is not null)
        {
            _tls.Write(bytes);
        }
        else if (_http2 is not null)
        {
            _http2.Write(bytes);
        }
        else
        {
            WriteToSocket(bytes);
        }
    }

    private void OnConnected()
    {
        if (Libc.ErrorOf(_socket) != 0)
        {
            run.Mode.OnEnd(this);
            return;
        }

        _isConnected = true;
        run.Poll.Change(_socket, index, writable: false);
        if (run.Trusted is { } trusted)
        {
            _tls = new TlsLayer(this, trusted);
            _ = _tls.RunAsync();
        }
        else if (run.Options.IsHttp2)
        {
            _http2 = new Http2Layer(this);
            WriteToSocket(run.Request);
        }
        else
        {
            SendRequest();
        }
    }

    private void Flush()
    {
        if (!HasUnsent)
        {
            return;
        }

        var sent = (int)Libc.Send(_socket, _unsent!.WrittenSpan[_unsentOffset..]);
        _unsentOffset += Math.Max(0, sent);
        if (_unsentOffset == _unsent.WrittenCount)
        {
            _unsent.ResetWrittenCount();
            _unsentOffset = 0;
            run.Poll.Change(_socket, index, writable: false);
        }
    }

    private void Read()
    {
        var count = (int)Libc.Receive(_socket, run.Buffer);
        if (count > 0)
        {
            OnReceived(run.Buffer.AsSpan(0, count));
        }
        else if (count == 0 || Marshal.GetLastPInvokeError() is not Libc.TryAgain)
        {
            run.Mode.OnEnd(this);
        }
    }

    private void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (_tls is not null)
        {
            _tls.OnBytes(bytes);
        }
        else if (_http2 is not null)
        {
            _http2.OnBytes(bytes);
        }
        else
        {
            OnBytes(bytes);
        }
    }

    // The head of a response is small and arrives in one piece from a server on this machine; another one is refused as invalid.
    private void ReadResponse(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        var head = bytes[..Math.Max(0, end)];
        if (!head.StartsWith("HTTP/1.1 101 "u8) || head.IndexOf(Accept) < 0)
        {
            throw new LoadException(
                $"The server does not open a WebSocket at {run.Options.Path}: it says "
                    + $"{Encoding.ASCII.GetString(bytes[..Math.Max(0, bytes.IndexOf((byte)'\r'))])}.");
        }

        if (run.Options.IsCompressed && head.IndexOf("permessage-deflate"u8) < 0)
        {
            throw new LoadException($"The server does not compress at {run.Options.Path}.");
        }

        _on = ReadMessages;
        run.Opened++;
        run.Mode.OnOpen(this);
        ReadMessages(bytes[(end + 4)..]);
    }

    private void ReadMessages(ReadOnlySpan<byte> bytes)
    {
        var messages = 0;
        while (_checker.TryRead(ref bytes, out var heard))
        {
            switch (heard)
            {
                case Heard.Message:
                    messages++;
                    break;
                case Heard.Ping:
                    Write(Pong);
                    break;
                case Heard.Pong:
                    break;
                case Heard.Close:
                    IsClosed = true;
                    break;
                default:
                    run.Mode.OnEnd(this);
                    return;
            }
        }

        if (messages > 0)
        {
            run.Mode.OnMessages(this, messages);
        }
    }
}
