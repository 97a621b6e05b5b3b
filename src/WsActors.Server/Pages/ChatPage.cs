using WsActors.Protocol.Handshake;

namespace WsActors.Server.Pages;

/// <summary>The chat page's three files, embedded in the program, as answers ready to send. Immutable, free to share.</summary>
internal static class ChatPage
{
    // Nothing inline, nothing from elsewhere, no framing. 'self' in connect-src covers ws: and wss: of the page's own host, as
    // CSP 3 says and Chromium and Firefox do; a Safari from before 2022 does not, and would need its host named here.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The page; it loads the other two relative to its own address.</summary>
    public static PlainResponse Html { get; } = Load("index.html", "text/html; charset=utf-8");

    /// <summary><c>chat.css</c>, beside the page.</summary>
    public static PlainResponse Css { get; } = Load("chat.css", "text/css; charset=utf-8");

    /// <summary><c>chat.js</c>, beside the page.</summary>
    public static PlainResponse Script { get; } = Load("chat.js", "text/javascript; charset=utf-8");

    /// <summary><c>session.js</c>: a WebSocket that outlives its sockets, for any page.</summary>
    public static PlainResponse Session { get; } = Load("session.js", "text/javascript; charset=utf-8");

    private static PlainResponse Load(string file, string contentType)
    {
        using var resource = typeof(ChatPage).Assembly.GetManifestResourceStream(typeof(ChatPage), file)
            ?? throw new InvalidOperationException($"{file} is not embedded in the program.");
        var body = new byte[resource.Length];
        resource.ReadExactly(body);
        return PlainResponse.Create(
            200,
            contentType,
            body,
            new HttpHeader("Content-Security-Policy", Policy),
            new HttpHeader("X-Content-Type-Options", "nosniff"),
            new HttpHeader("Referrer-Policy", "no-referrer"),
            new HttpHeader("Cache-Control", "no-cache"));
    }
}
