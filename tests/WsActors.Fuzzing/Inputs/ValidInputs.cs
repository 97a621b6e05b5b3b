using System.Text;

namespace WsActors.Fuzzing.Inputs;

/// <summary>Valid conversations, written from the RFCs: the seeds of mutation.</summary>
internal static class ValidInputs
{
    private const string SampleRequest =
        "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://example.com\r\n"
        + "Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n";

    private const string BrowsersRequest =
        "GET /chat/%C3%A9?a=%20b&c=d HTTP/1.1\r\nHost: [::1]:8080\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: */*\r\n"
        + "Accept-Language: en-US,en;q=0.5\r\nConnection: keep-alive, Upgrade\r\nCookie: a=b; c=d\r\nPragma: no-cache\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nUpgrade: websocket\r\n\r\n";

    private const string SampleResponse =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n";

    private const string LongResponse =
        "HTTP/1.1 101 \r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nServer: x\r\nconnection: keep-alive,\tUPGRADE\r\nupgrade: WebSocket\r\n"
        + "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    private static readonly byte[] Key = [0x37, 0xFA, 0x21, 0x3D];

    public static IReadOnlyList<byte[]> Requests { get; } =
        [
            Bytes(SampleRequest), Bytes(BrowsersRequest), Bytes("GET /health/live HTTP/1.0\r\n\r\n"),
            Bytes("HEAD http://a/?q HTTP/1.1\r\nHost: a\r\n\r\n"),
        ];

    public static IReadOnlyList<byte[]> Responses { get; } =
        [Bytes(SampleResponse), Bytes(LongResponse), Bytes("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno")];

    public static IReadOnlyList<byte[]> OfClient { get; } = Frames(Key);

    public static IReadOnlyList<byte[]> OfServer { get; } = Frames(key: null);

    public static IReadOnlyList<byte[]> WholeOfClient { get; } = Each(Requests.Take(2), OfClient);

    public static IReadOnlyList<byte[]> WholeOfServer { get; } = Each(Responses.Take(2), OfServer);

    public static IReadOnlyList<byte[]> Extensions { get; } =
    [
        Bytes("permessage-deflate; client_max_window_bits; server_max_window_bits=10, permessage-deflate"),
        Bytes("permessage-deflate; server_no_context_takeover; client_max_window_bits=\"10\"\nx-other; a=b;c"),
    ];

    /// <summary>The examples of RFC 7692 §7.2.3.</summary>
    public static IReadOnlyList<byte[]> DeflateOfClient { get; } = DeflateFrames(Key);

    public static IReadOnlyList<byte[]> DeflateOfServer { get; } = DeflateFrames(key: null);

    public static IReadOnlyList<byte[]> Texts { get; } =
    [
        Encoding.UTF8.GetBytes("The quick brown fox jumps over the lazy dog, and then it sleeps for a while in the shade of a tree."),
        Encoding.UTF8.GetBytes(
            "\u00dcbermut tut selten gut. \u65e5\u672c\u8a9e\u306e\u6587\u7ae0\u3002 \ud83c\udf88 \uffff \ud7ff \ue000 \udbff\udfff"),
    ];

    /// <summary>One frame each of the subprotocol for sessions that outlive their sockets.</summary>
    public static IReadOnlyList<byte[]> FramesOfClient { get; } =
    [
        Bytes("hello"), Bytes("hello dG9rZW4_c2VjcmV0 ZXBvY2g 17"), Bytes("message 1\nHello\nagain"),
        Bytes("ack 9223372036854775807"), Bytes("ping"),
    ];

    public static IReadOnlyList<byte[]> FramesOfServer { get; } =
    [
        Bytes("welcome dG9rZW4_c2VjcmV0 ZXBvY2g new 0"), Bytes("welcome dG9rZW4_c2VjcmV0 ZXBvY2g true 12"), Bytes("message 10\n"),
        Bytes("ack 3"), Bytes("pong"),
    ];

    /// <summary>Payloads as one character a byte.</summary>
    private static byte[][] Frames(byte[]? key)
    {
        return
        [
            [
                .. Frame(0x81, "Hello"), .. Frame(0x89, "ping"), .. Frame(0x8A, ""), .. Frame(0x82, "\0\u00ff"),
                .. Frame(0x88, "\u0003\u00e8bye"),
            ],
            [
                .. Frame(0x01, "Hel"), .. Frame(0x89, "between"), .. Frame(0x00, ""), .. Frame(0x80, "lo"), .. Frame(0x82, ""),
                .. Frame(0x88, ""),
            ],
            [.. Frame(0x82, new string('x', 125)), .. Frame(0x81, new string('x', 126)), .. Frame(0x82, new string('x', 400))],
            [
                .. Frame(0x01, "\u00e2\u0082"), .. Frame(0x00, "\u00ac\u00f0\u009f"), .. Frame(0x80, "\u008e\u0088"),
                .. Frame(0x88, "\u0003\u00f3"),
            ],
        ];

        byte[] Frame(byte first, string payload) => FrameBytes.Of(first, Bytes(payload), key);
    }

    private static byte[][] DeflateFrames(byte[]? key)
    {
        const string hello = "\u00f2\u0048\u00cd\u00c9\u00c9\u0007\0";
        return
        [
            [.. Frame(0xC1, hello), .. Frame(0xC1, "\u00f2\0\u0011\0\0"), .. Frame(0x81, "plain"), .. Frame(0x88, "")],
            [.. Frame(0x41, hello[..3]), .. Frame(0x89, "between"), .. Frame(0x00, ""), .. Frame(0x80, hello[3..])],
            [.. Frame(0xC1, "\0\u0005\0\u00fa\u00ffHello\0"), .. Frame(0xC1, "\u00f3\u0048\u00cd\u00c9\u00c9\u0007\0\0")],
            [.. Frame(0xC2, "\u00f2\u0048\u0005\0\0\0\u00ff\u00ff\u00ca\u00c9\u00c9\u0007\0"), .. Frame(0xC1, "\0"), .. Frame(0xC1, "")],
        ];

        byte[] Frame(byte first, string payload) => FrameBytes.Of(first, Bytes(payload), key);
    }

    private static byte[][] Each(IEnumerable<byte[]> heads, IReadOnlyList<byte[]> frames) =>
        [.. from head in heads from session in frames select (byte[])[.. head, .. session]];

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
