using System.Net;
using System.Net.Sockets;
using WsActors.Client;
using WsActors.Runtime;

namespace WsActors.Tests.Client;

/// <summary>The target of a URI (RFC 6455 §3).</summary>
public sealed class ServerAddressTests
{
    [Theory]
    [InlineData("ws://example.com", "example.com", "/")]
    [InlineData("ws://example.com:80/", "example.com", "/")]
    [InlineData("WS://EXAMPLE.com:8080?x=1", "example.com:8080", "/?x=1")]
    [InlineData("ws://192.0.2.1/a/b?c=%20d", "192.0.2.1", "/a/b?c=%20d")]
    [InlineData("ws://[2001:db8::1]:8080/a", "[2001:db8::1]:8080", "/a")]
    [InlineData("ws://[fe80::1%25eth0]/", "[fe80::1]", "/")]
    [InlineData("ws://bücher.example/ü b", "xn--bcher-kva.example", "/%C3%BC%20b")]
    public void Authority_and_target_match_the_request(string uri, string authority, string target)
    {
        var address = ServerAddress.Parse(uri);

        Assert.Equal((authority, target), (address.Authority, address.Target));
    }

    [Fact]
    public void An_address_is_dialed_directly_and_a_name_is_looked_up()
    {
        Assert.Equal(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 80), ServerAddress.Parse("ws://192.0.2.1/").EndPoint);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("2001:db8::1"), 8080), ServerAddress.Parse("ws://[2001:db8::1]:8080/").EndPoint);
        Assert.Equal(new DnsEndPoint("xn--bcher-kva.example", 80), ServerAddress.Parse("ws://bücher.example/").EndPoint);
    }

    [Theory]
    [InlineData("wss://example.com/a", "example.com", 443, "example.com", "https://example.com")]
    [InlineData("wss://example.com:8443/a", "example.com", 8443, "example.com:8443", "https://example.com:8443")]
    [InlineData("ws://example.com:443/a", null, 443, "example.com:443", "http://example.com:443")]
    public void With_TLS_the_port_is_443_and_the_host_is_the_expected_name(
        string uri, string? host, int port, string authority, string origin)
    {
        var address = ServerAddress.Parse(uri);

        Assert.Equal((host, authority, origin), (address.TlsHost, address.Authority, address.Origin.ToString()));
        Assert.Equal(new DnsEndPoint("example.com", port), address.EndPoint);
    }

    [Theory]
    [InlineData("ws+unix:///run/app.sock", "/")]
    [InlineData("ws+unix:///run/app.sock:/chat?x=%20y", "/chat?x=%20y")]
    [InlineData("WS+UNIX:///run/app.sock:/a:b", "/a:b")]
    public void A_Unix_socket_is_a_path_and_a_target_behind_a_colon(string uri, string target)
    {
        var address = ServerAddress.Parse(uri);

        Assert.Equal((target, "localhost", null), (address.Target, address.Authority, address.TlsHost));
        Assert.Equal(new UnixDomainSocketEndPoint("/run/app.sock"), address.EndPoint);
        Assert.DoesNotContain('?', address.Text);
    }

    [Theory]
    [InlineData("ws://example.com/chat?token=secret", "ws://example.com/chat")]
    [InlineData("ws://me:secret@example.com/chat", "ws://example.com/chat")]
    [InlineData("ws://me:sec@ret@example.com/chat#secret", "ws://example.com/chat")]
    [InlineData("me:secret@example.com", "example.com")]
    [InlineData("", "")]
    public void The_text_for_logs_has_no_secrets(string uri, string text) => Assert.Equal(text, UriText.WithoutSecrets(uri));
}
