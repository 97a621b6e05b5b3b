using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace WsActors.Hosting.TestKit.Tests.Admin;

/// <summary>Who reaches an admin page that has no token: this machine alone.</summary>
public sealed class AdminAccessTests() : AdminSpec("ws://127.0.0.1:9090")
{
    private const string Own = "Host: 127.0.0.1:9090";

    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/admin.css", "text/css; charset=utf-8")]
    [InlineData("/admin.js", "text/javascript; charset=utf-8")]
    [InlineData("/admin-tap.js", "text/javascript; charset=utf-8")]
    public void Its_files_forbid_inline_code_frames_and_caches(string path, string type)
    {
        var browser = Admin.Dial();

        browser.SendRequest($"GET {path} HTTP/1.1", Own);

        var headers = browser.ExpectResponse(200).Headers;
        Assert.Equal(type, headers["Content-Type"]);
        var policy = headers["Content-Security-Policy"];
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal(
            ("nosniff", "no-referrer", "no-store"),
            (headers["X-Content-Type-Options"], headers["Referrer-Policy"], headers["Cache-Control"]));
        Assert.DoesNotContain("style=", browser.ReadBody(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/?token=secret", "takes no query", Own)]
    [InlineData("/socket?token=secret", "takes no query", Own)]
    [InlineData("/", "only under a name of loopback", "Host: evil.example:9090")]
    [InlineData("/socket", "only under a name of loopback", "Host: evil.example:9090")]
    [InlineData("/socket", "is not a name of this server", "Host: evil.example:9090", "Origin: http://evil.example:9090")]
    [InlineData("/socket", "not this server's own", Own, "Origin: https://evil.example")]
    [InlineData("/socket", "not this server's own", Own, "Origin: https://friend.example")]
    [InlineData("/socket", "not this server's own", Own, "Origin: null")]
    [InlineData("/socket", "not this server's own", Own, "Origin: http://127.0.0.1:80")]
    [InlineData("/", "was forwarded (X-Forwarded-For)", Own, "X-Forwarded-For: 192.0.2.1")]
    [InlineData("/socket", "was forwarded (Via)", Own, "Via: 1.1 proxy")]
    public void Other_machines_and_pages_are_refused(string target, string sentence, params string[] headers)
    {
        var client = Admin.Dial();

        var isSocket = target.StartsWith("/socket", StringComparison.Ordinal);
        client.SendRequest($"GET {target} HTTP/1.1", [.. headers, .. isSocket ? Upgrade : []]);

        client.ExpectResponse(403);
        var body = client.ReadBody();
        Assert.Contains(sentence, body, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:9090")]
    [InlineData("[::1]:9090")]
    [InlineData("127.0.0.1:9090")]
    public void Its_own_page_is_let_in_without_a_token(string host)
    {
        var page = Admin.Dial();

        page.SendRequest("GET /socket HTTP/1.1", [$"Host: {host}", $"Origin: http://{host}", .. Upgrade]);

        page.ExpectUpgrade();
        Assert.Equal("127.0.0.1", Expect(page, "welcome").GetProperty("who").GetString());
    }

    [Theory]
    [InlineData("ws://*:9090", null, null, "needs a token, since other machines can reach it")]
    [InlineData("ws://0.0.0.0:9090", null, null, "needs a token, since other machines can reach it")]
    [InlineData("wss://192.0.2.1:9090", null, null, "needs a token, since other machines can reach it")]
    [InlineData("ws://[2001:db8::1]:9090", null, null, "needs a token, since other machines can reach it")]
    [InlineData("ws://127.0.0.1:9090", "short", null, "it has 16 to 512 bytes")]
    [InlineData("ws://127.0.0.1:9090", "sixteen bytes, \n one of them new", null, "no control characters")]
    [InlineData("ws://127.0.0.1:9090", "a token that is good", "/nowhere", "two tokens")]
    [InlineData("ws://127.0.0.1:9090", null, "/nowhere/token", "cannot be read")]
    public void A_page_without_a_good_token_fails_the_start(string endpoint, string? token, string? file, string sentence)
    {
        var akka = new AkkaConfigurationBuilder(new ServiceCollection(), "none");

        var error = Assert.Throws<ConfigurationException>(
            () => akka.WithWebSocketAdmin(endpoint, new WebSocketAdminOptions { Token = token, TokenFile = file }));

        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.True(token is null || !error.Message.Contains(token, StringComparison.Ordinal));
    }

    private static readonly string[] Upgrade =
    [
        "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
}
