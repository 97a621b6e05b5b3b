using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace WsActors.Benchmarks.Load;

/// <summary>
/// HTTP/2 of one connection, which has one stream: the WebSocket (RFC 8441). It asks for windows that never fill, and its own messages in
/// flight stay within those of the server. Used on the thread of its <see cref="LoadRun"/>.
/// </summary>
/// <param name="connection">The connection whose bytes it carries.</param>
internal sealed class Http2Layer(LoadConnection connection)
{
    private const int HeaderSize = 9;

    /// <summary>The maximum payload of a frame, unless a peer's settings allow more (RFC 9113 §4.2).</summary>
    private const int MaxPayload = 16 * 1024;

    /// <summary>The size of a window before any settings (RFC 9113 §6.9.2).</summary>
    private const int FirstWindow = 65_535;

    /// <summary>The received bytes after which the windows are opened again.</summary>
    private const int UpdateEvery = 1 << 20;

    private readonly ArrayBufferWriter<byte> _unread = new();

    private readonly byte[] _frame = new byte[HeaderSize + MaxPayload];

    private bool _isOpen;

    /// <summary>The bytes that the server takes at the moment, on the connection and on the stream.</summary>
    private long _connectionWindow = FirstWindow;

    private long _streamWindow = FirstWindow;

    private long _initialStreamWindow = FirstWindow;

    /// <summary>The bytes received since the last opening of the windows.</summary>
    private int _received;

    private enum FrameKind : byte
    {
        Data = 0,
        Headers = 1,
        Reset = 3,
        Settings = 4,
        Ping = 6,
        GoAway = 7,
        WindowUpdate = 8,
    }

    /// <summary>The preface, the settings, an opened window, and the request (RFC 9113 §3.4, RFC 8441 §5).</summary>
    public static byte[] RequestFor(string path)
    {
        // Literals without indexing (RFC 7541 §6.2.2); a name of the static table by its index.
        byte[] fields =
        [
            0x02, .. Literal("CONNECT"),
            0x00, .. Literal(":protocol"), .. Literal("websocket"),
            0x86, // :scheme http
            0x04, .. Literal(path),
            0x01, .. Literal("127.0.0.1"),
            0x00, .. Literal("sec-websocket-version"), .. Literal("13"),
        ];
        return
        [
            .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8,

            // SETTINGS_ENABLE_PUSH 0, SETTINGS_INITIAL_WINDOW_SIZE 2^31 - 1.
            .. Frame(FrameKind.Settings, flags: 0, stream: 0, [0, 2, 0, 0, 0, 0, 0, 4, 0x7F, 0xFF, 0xFF, 0xFF]),
            .. Frame(FrameKind.WindowUpdate, flags: 0, stream: 0, NumberOf(int.MaxValue - FirstWindow)),
            .. Frame(FrameKind.Headers, flags: 4, stream: 1, fields),
        ];
    }

    /// <summary>Sends bytes of the WebSocket.</summary>
    /// <exception cref="LoadException">The server's window is full: the load is larger than HTTP/2 carries at a time.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, MaxPayload);
            _connectionWindow -= count;
            _streamWindow -= count;
            if (_connectionWindow < 0 || _streamWindow < 0)
            {
                throw new LoadException("The server's HTTP/2 window is full: use smaller messages, or fewer at a time.");
            }

            WriteHeader(_frame, FrameKind.Data, flags: 0, stream: 1, count);
            bytes[..count].CopyTo(_frame.AsSpan(HeaderSize));
            connection.WriteToSocket(_frame.AsSpan(0, HeaderSize + count));
            bytes = bytes[count..];
        }
    }

    /// <summary>Reads the frames of the server.</summary>
    public void OnBytes(ReadOnlySpan<byte> bytes)
    {
        if (_unread.WrittenCount > 0)
        {
            _unread.Write(bytes);
            bytes = _unread.WrittenSpan.ToArray();
            _unread.ResetWrittenCount();
        }

        while (bytes.Length >= HeaderSize && bytes.Length >= HeaderSize + LengthOf(bytes))
        {
            var length = LengthOf(bytes);
            OnFrame((FrameKind)bytes[3], bytes[4], isOfStream: bytes[8] != 0, bytes.Slice(HeaderSize, length));
            bytes = bytes[(HeaderSize + length)..];
        }

        _unread.Write(bytes);
    }

    private void OnFrame(FrameKind kind, byte flags, bool isOfStream, ReadOnlySpan<byte> payload)
    {
        var isAck = (flags & 1) != 0;
        switch (kind)
        {
            case FrameKind.Data:
                OpenWindows(payload.Length);
                connection.OnBytes(payload);
                break;
            case FrameKind.Headers when !_isOpen:
                OnResponse(payload);
                break;
            case FrameKind.Settings when !isAck:
                ReadSettings(payload);
                Answer(FrameKind.Settings, []);
                break;
            case FrameKind.Ping when !isAck:
                Answer(FrameKind.Ping, payload);
                break;
            case FrameKind.WindowUpdate:
                var count = BinaryPrimitives.ReadInt32BigEndian(payload);
                _streamWindow += isOfStream ? count : 0;
                _connectionWindow += isOfStream ? 0 : count;
                break;
            case FrameKind.Reset or FrameKind.GoAway:
                throw new LoadException($"The server ended the stream: {kind} with {Convert.ToHexString(payload)}.");
        }
    }

    private void OnResponse(ReadOnlySpan<byte> fields)
    {
        const byte Status200 = 0x88; // :status 200 of the static table
        if (fields[0] != Status200)
        {
            throw new LoadException("The server does not open a WebSocket over HTTP/2.");
        }

        _isOpen = true;
        connection.OnHttp2Open();
    }

    private void ReadSettings(ReadOnlySpan<byte> settings)
    {
        const int Size = 6;
        const int InitialWindow = 4;
        for (; settings.Length >= Size; settings = settings[Size..])
        {
            if (BinaryPrimitives.ReadInt16BigEndian(settings) == InitialWindow)
            {
                var window = BinaryPrimitives.ReadInt32BigEndian(settings[2..]);
                _streamWindow += window - _initialStreamWindow;
                _initialStreamWindow = window;
            }
        }
    }

    private void OpenWindows(int received)
    {
        _received += received;
        if (_received >= UpdateEvery)
        {
            for (var stream = 0; stream <= 1; stream++)
            {
                WriteHeader(_frame, FrameKind.WindowUpdate, flags: 0, stream, length: 4);
                NumberOf(_received).CopyTo(_frame.AsSpan(HeaderSize));
                connection.WriteToSocket(_frame.AsSpan(0, HeaderSize + 4));
            }

            _received = 0;
        }
    }

    private void Answer(FrameKind kind, ReadOnlySpan<byte> payload)
    {
        WriteHeader(_frame, kind, flags: 1, stream: 0, payload.Length);
        payload.CopyTo(_frame.AsSpan(HeaderSize));
        connection.WriteToSocket(_frame.AsSpan(0, HeaderSize + payload.Length));
    }

    private static int LengthOf(ReadOnlySpan<byte> frame) => (frame[0] << 16) | (frame[1] << 8) | frame[2];

    private static byte[] NumberOf(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Frame(FrameKind kind, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeaderSize + payload.Length];
        WriteHeader(frame, kind, flags, stream, payload.Length);
        payload.CopyTo(frame.AsSpan(HeaderSize));
        return frame;
    }

    private static void WriteHeader(Span<byte> to, FrameKind kind, byte flags, int stream, int length)
    {
        (to[0], to[1], to[2], to[3], to[4]) = ((byte)(length >> 16), (byte)(length >> 8), (byte)length, (byte)kind, flags);
        BinaryPrimitives.WriteInt32BigEndian(to[5..], stream);
    }

    private static byte[] Literal(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}
