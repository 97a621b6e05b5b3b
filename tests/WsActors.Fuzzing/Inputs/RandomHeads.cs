using System.Text;

namespace WsActors.Fuzzing.Inputs;

/// <summary>
/// Heads made of the pieces that heads are made of. Each piece is mostly the right one, so that a good part of the requests is accepted
/// and the rest is refused for every reason there is.
/// </summary>
internal static class RandomHeads
{
    private const string Deflate = "Sec-WebSocket-Extensions: permessage-deflate";

    private const string OddLetters = "\r\n\0\t :;,=/%?#&\"\\\u00e9\u007fHTTP1.0x";

    private static readonly string[] Targets =
    [
        "/", "/chat", "/chat/%C3%A9?a=%20b&c=d", "/a/b%2Fc/%zz?a", "http://a:81/x?a=1", "wss://[::1]/", "ws://a", "*", "a:443", "ftp://a/",
        "http://u@a/", "/x#y", "//", "/?a=+&a=2", "/" + new string('x', 250),
    ];

    private static readonly string[] Versions =
    [
        "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.9", "HTTP/2.0", "http/1.1", "HTTP/1.10",
    ];

    private static readonly string[] Statuses = ["101", "101", "101", "200", "301", "404", "099", "1011", "20"];

    private static readonly string[] RequestHeaders =
    [
        "Host: a", "Upgrade: websocket", "Connection: keep-alive, Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];

    private static readonly string[] ResponseHeaders =
        ["Upgrade: WebSocket", "Connection: Upgrade", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="];

    private static readonly string[] OtherHeaders =
    [
        "Host: b:80", "Host: [::1", "Upgrade: h2c, websocket", "Connection: close", "Sec-WebSocket-Version: 8", "Sec-WebSocket-Key: x",
        "Sec-WebSocket-Protocol: chat",
        "Sec-WebSocket-Protocol: superchat , chat",
        "Sec-WebSocket-Protocol: ,",
        "Sec-WebSocket-Protocol: a b",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        "Sec-WebSocket-Extensions: x; y=\"a,b\"",
        "Content-Length: 0",
        "Content-Length: 5", "Transfer-Encoding: chunked", "Cookie: a=b; c=d", "Cookie: ;a", "Sec-WebSocket-Accept: x", "X:", "X:\t \t",
        " folded", "X : y", "no colon", ": no name", "X: \u00e9\u00ff",
    ];

    private static readonly string[] ExtensionPieces =
    [
        "permessage-deflate", "permessage-deflate", "server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits",
        "client_max_window_bits", "x-webkit-deflate-frame", "=", "=8", "=10", "=15", "=\"12\"", "=\"1\\2\"", "=\"", "=16", "=08", "=7", ";",
        ";", ";", ",", " ", "\t", "\n", "\"", "\\", "\u00e9",
    ];

    /// <summary>Lines of offered extensions, each ended by a line feed.</summary>
    public static byte[] Extensions(Random random) =>
        Encoding.Latin1.GetBytes(random.Next(2) == 0
            ? string.Concat(random.GetItems(ExtensionPieces, random.Next(20)))
            : string.Join(Any([",", ", ", "\n"], random), Enumerable.Range(0, random.Next(4)).Select(_ => Extension(random))));

    public static byte[] Request(Random random) =>
        Head($"{Method(random)} {Any(Targets, random)} {Any(Versions, random)}", RequestHeaders, random);

    public static byte[] Response(Random random) =>
        Head($"{Any(Versions, random)} {Any(Statuses, random)} Switching", ResponseHeaders, random);

    /// <summary>A request, mostly a good one, and frames; half of them compressed.</summary>
    public static byte[] Client(Random random) => random.Next(8) switch
    {
        0 => [.. Request(random), .. RandomFrames.OfClient(random)],
        < 4 => [.. Good("GET /chat HTTP/1.1", RequestHeaders, random), .. RandomFrames.OfClient(random)],
        _ => [.. Good("GET /chat HTTP/1.1", [.. RequestHeaders, Deflate], random), .. RandomDeflate.OfClient(random)],
    };

    /// <summary>A response, mostly a good one, and frames; half of them compressed.</summary>
    public static byte[] Server(Random random) => random.Next(8) switch
    {
        0 => [.. Response(random), .. RandomFrames.OfServer(random)],
        < 4 => [.. Good("HTTP/1.1 101 x", ResponseHeaders, random), .. RandomFrames.OfServer(random)],
        _ => [.. Good("HTTP/1.1 101 x", [.. ResponseHeaders, Deflate], random), .. RandomDeflate.OfServer(random)],
    };

    private static string Extension(Random random) => string.Join(
        Any([";", "; ", "\t;"], random),
        random.GetItems(ExtensionPieces[2..6], random.Next(4))
            .Select(name => name + (random.Next(3) == 0 ? Any(ExtensionPieces[8..12], random) : ""))
            .Prepend("permessage-deflate"));

    private static string Method(Random random) => random.Next(10) == 0 ? Any(["HEAD", "POST", "get", "G@T", ""], random) : "GET";

    private static byte[] Good(string start, string[] headers, Random random)
    {
        var lines = headers.ToArray();
        random.Shuffle(lines);
        return Encoding.Latin1.GetBytes($"{start}\r\n{string.Join("\r\n", lines)}\r\n\r\n");
    }

    private static byte[] Head(string start, string[] headers, Random random)
    {
        var lines = headers.Where(_ => random.Next(20) > 0).ToList();
        for (var more = random.Next(5); more > 0; more--)
        {
            lines.Insert(random.Next(lines.Count + 1), random.Next(8) == 0 ? Odd(random) : Any(OtherHeaders, random));
        }

        var text = new StringBuilder(random.Next(30) == 0 ? "\r\n" : "").Append(start).Append(LineEnd(random));
        foreach (var line in lines)
        {
            text.Append(line).Append(LineEnd(random));
        }

        return Encoding.Latin1.GetBytes(text.Append(LineEnd(random)).ToString());
    }

    private static string Odd(Random random) => new(random.GetItems<char>(OddLetters, random.Next(300)));

    private static string LineEnd(Random random) => random.Next(100) == 0 ? Any(["\n", "\r", "\r\r\n", ""], random) : "\r\n";

    private static string Any(string[] pieces, Random random) => pieces[random.Next(pieces.Length)];
}
