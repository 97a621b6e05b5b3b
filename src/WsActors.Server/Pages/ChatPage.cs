using WsActors.Protocol.Handshake;

namespace WsActors.Server.Pages;

/// <summary>The files of the chat page, embedded in the program, as complete responses. Immutable and thread-safe.</summary>
internal static class ChatPage
{
    // No inline code, no other origins, no framing. 'self' in connect-src covers ws: and wss: of the page's own host in CSP 3, and in
    // Chromium and Firefox. Safari before 2022 does not implement that and would need the host here.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The page; it loads the other files relative to its own address.</summary>
    public static PlainResponse Html { get; } = Load("index.html", "text/html; charset=utf-8");

    /// <summary><c>chat.css</c>, next to the page.</summary>
    public static PlainResponse Css { get; } = Load("chat.css", "text/css; charset=utf-8");

    /// <summary><c>chat.js</c>, next to the page.</summary>
    public static PlainResponse Script { get; } = Load("chat.js", "text/javascript; charset=utf-8");

    /// <summary><c>session.js</c>, next to the page: a WebSocket session that outlives its sockets, usable in any page.</summary>
    public static PlainResponse Session { get; } =
        Create("text/javascript; charset=utf-8", ClassicScript.FromModule(Read("session.js"), "WsSession"));

    private static PlainResponse Load(string file, string contentType) => Create(contentType, Read(file));

    private static byte[] Read(string file)
    {
        using var resource = typeof(ChatPage).Assembly.GetManifestResourceStream(typeof(ChatPage), file)
            ?? throw new InvalidOperationException($"{file} is not embedded in the program.");
        var body = new byte[resource.Length];
        resource.ReadExactly(body);
        return body;
    }

    private static PlainResponse Create(string contentType, byte[] body) => PlainResponse.Create(
        200,
        contentType,
        body,
        new HttpHeader("Content-Security-Policy", Policy),
        new HttpHeader("X-Content-Type-Options", "nosniff"),
        new HttpHeader("Referrer-Policy", "no-referrer"),
        new HttpHeader("Cache-Control", "no-cache"));
}
