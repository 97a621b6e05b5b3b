using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

/// <summary>The view of a handler on a request: its parts, its query, its cookies.</summary>
public class RequestHeadTests
{
    [Theory]
    [InlineData("/", "/", "")]
    [InlineData("/a/b%2Fc", "/a/b%2Fc", "")]
    [InlineData("/?", "/", "")]
    [InlineData("/a?b?c", "/a", "b?c")]
    [InlineData("http://other", "/", "")]
    [InlineData("http://other?x=1", "/", "x=1")]
    [InlineData("ws://other:81/a?x=http://y/", "/a", "x=http://y/")]
    public void A_target_is_a_path_that_is_never_empty_and_a_query(string target, string path, string query)
    {
        var request = Heads.AssertRequest($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(path, request.Path);
        Assert.Equal(query, request.Query.Raw);
    }

    [Fact]
    public void Common_header_strings_are_shared_in_the_letter_case_sent()
    {
        const string Head = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nupgrade: WebSocket\r\n\r\n";
        var (one, other) = (Heads.AssertRequest(Head), Heads.AssertRequest(Head));

        Assert.Equal(["Host", "Upgrade", "upgrade"], one.Headers.Select(static header => header.Name));
        Assert.Equal(["a", "websocket", "WebSocket"], one.Headers.Select(static header => header.Value));
        Assert.Same(one.Method, other.Method);
        Assert.Same(one.Headers[1].Name, other.Headers[1].Name);
        Assert.Same(one.Headers[1].Value, other.Headers[1].Value);
    }

    [Theory]
    [InlineData("Host", "chat.example:8080", true)]
    [InlineData(
        "user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:149.0) Gecko/20100101 Firefox/149.0 and more than sixty-four letters", true)]
    [InlineData("Cookie", "session=0123456789", false)]
    [InlineData("Authorization", "Bearer 0123456789", false)]
    [InlineData("Sec-WebSocket-Protocol", "token.0123456789", false)]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", false)]
    [InlineData("X-Secret", "0123456789", false)]
    public void Repeated_header_values_are_shared_and_secrets_never_are(string header, string value, bool isShared)
    {
        var head = $"GET / HTTP/1.0\r\n{header}: {value}\r\n\r\n";
        string Value()
        {
            var said = Heads.AssertRequest(head).Headers[header];
            Assert.Equal(value, said);
            return said!; // not null: it is equal
        }

        // Other requests may replace its entry in between.
        var shared = Enumerable.Range(0, 100).Count(_ => ReferenceEquals(Value(), Value()));
        Assert.InRange(shared, isShared ? 1 : 0, isShared ? 100 : 0);
    }

    [Fact]
    public void Distinct_header_values_stay_distinct_in_the_cache()
    {
        Assert.All(
            Enumerable.Range(0, 2000),
            static i =>
                Assert.Equal(
                    $"browser {i}", Heads.AssertRequest($"GET / HTTP/1.0\r\nUser-Agent: browser {i}\r\n\r\n").Headers["User-Agent"]));
    }

    [Theory]
    [InlineData("/", "header:80")]
    [InlineData("http://target", "target")]
    [InlineData("wss://target:444/x", "target:444")]
    public void The_authority_of_an_absolute_target_wins_over_the_host_header(string target, string host)
    {
        Assert.Equal(host, Heads.AssertRequest($"GET {target} HTTP/1.1\r\nHost: header:80\r\n\r\n").Host);
    }

    [Theory]
    [InlineData("a=1&b=2", "b", "2")]
    [InlineData("a=1&a=2", "a", "1")]
    [InlineData("a=1", "A", null)]
    [InlineData("a=1", "b", null)]
    [InlineData("a", "a", "")]
    [InlineData("a=", "a", "")]
    [InlineData("a=b=c", "a", "b=c")]
    [InlineData("=x", "", "x")]
    [InlineData("", "", null)]
    [InlineData("&&a=1&", "a", "1")]
    [InlineData("&&", "", null)]
    [InlineData("a=x+y%20z%2B", "a", "x y z+")]
    [InlineData("r%C3%B6om=%E6%97%A5", "r\u00f6om", "\u65e5")]
    [InlineData("a=%3D%26", "a", "=&")]
    [InlineData("a=100%", "a", "100%")]
    [InlineData("a=%4", "a", "%4")]
    [InlineData("a=%zz%41", "a", "%zzA")]
    [InlineData("a=%ff", "a", "%ff")]
    [InlineData("a%=1", "a%", "1")]
    public void A_query_returns_the_first_value_of_a_decoded_name(string query, string name, string? value)
    {
        Assert.Equal(value, Heads.AssertRequest($"GET /?{query} HTTP/1.1\r\nHost: a\r\n\r\n").Query[name]);
    }

    [Theory]
    [InlineData("Cookie: a=1; b=2", "b", "2")]
    [InlineData("Cookie: a=1;b=2", "b", "2")]
    [InlineData("Cookie: a=1; a=2", "a", "1")]
    [InlineData("Cookie: a=1\r\nCookie: b=2", "b", "2")]
    [InlineData("Cookie: a=x=y==", "a", "x=y==")]
    [InlineData("Cookie: a=", "a", "")]
    [InlineData("Cookie: a=\"quoted\"", "a", "\"quoted\"")]
    [InlineData("Cookie: a=%20", "a", "%20")]
    [InlineData("Cookie: =1", "", "1")]
    [InlineData("Cookie: b=1;\ta=2\t", "a", "2")]
    [InlineData("Cookie: \u00a0a=1", "a", null)]
    [InlineData("Cookie: A=1", "a", null)]
    [InlineData("Cookie: aa=1; xa=2", "a", null)]
    [InlineData("Cookie: a", "a", null)]
    [InlineData("Cookie: ;;;", "a", null)]
    [InlineData("X: a=1", "a", null)]
    public void A_cookie_is_found_by_its_exact_name_with_its_value_unchanged(string header, string name, string? value)
    {
        Assert.Equal(value, Heads.AssertRequest($"GET / HTTP/1.1\r\nHost: a\r\n{header}\r\n\r\n").Cookie(name));
    }

    [Fact]
    public void Each_cookie_is_decoded_as_UTF_8_independently_of_the_others()
    {
        var request = Heads.AssertRequest(
            $"GET / HTTP/1.1\r\nHost: a\r\ncookie: old=\u00f8; user={Heads.Utf8("S\u00f8rina \u6f22")}; last=\u00e9;\r\n\r\n");

        Assert.Equal(("\u00f8", "S\u00f8rina \u6f22", "\u00e9"), (request.Cookie("old"), request.Cookie("user"), request.Cookie("last")));
        Assert.Equal("old=\u00f8; user=S\u00f8rina \u6f22; last=\u00e9;", request.Headers["Cookie"]);
    }

    [Fact]
    public void ToString_has_no_secrets()
    {
        var request = Heads.AssertRequest(
            "GET /chat?token=secret HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nCookie: id=secret\r\n\r\n");

        Assert.Equal("GET /chat", request.ToString());
        Assert.Equal("?…", request.Query.ToString());
        Assert.Equal("", default(RequestQuery).ToString());
        Assert.Equal("", Heads.AssertRequest("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Query.ToString());
        Assert.DoesNotContain("secret", $"{request.Query}{string.Join(", ", request.Headers)}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_of_another_servers_parts_shares_their_strings()
    {
        var (path, key) = (new string([.. "/echo"]), new string([.. "dGhlIHNhbXBsZSBub25jZQ=="]));
        HttpHeader[] headers = [new("Host", "a"), new("Sec-WebSocket-Key", key)];

        var (head, withQuery) = (RequestHead.ForGet(path, headers), RequestHead.ForGet("/echo?a=b", headers));

        Assert.NotNull(head);
        Assert.Same(path, head.Target);
        Assert.Same(path, head.Path);
        Assert.Same(key, head.Headers["Sec-WebSocket-Key"]);
        Assert.Equal(("/echo?a=b", "/echo"), (withQuery?.Target, withQuery?.Path));
    }

    [Fact]
    public void A_head_of_another_servers_parts_has_their_values_without_surrounding_white_space() =>
        Assert.Equal("b", RequestHead.ForGet("/", [new("Host", "a"), new("X", " b ")])?.Headers["X"]);
}
