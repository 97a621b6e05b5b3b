using System.Net;
using WsActors.Client;

namespace WsActors.Tests.Client;

/// <summary>Where a URI leads (RFC 6455 §3).</summary>
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
    public void Authority_and_target_are_as_the_request_has_them(string uri, string authority, string target)
    {
        var address = ServerAddress.Parse(uri);

        Assert.Equal((authority, target), (address.Authority, address.Target));
    }

    [Fact]
    public void An_address_is_dialled_as_it_is_and_a_name_is_looked_up()
    {
        Assert.Equal(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 80), ServerAddress.Parse("ws://192.0.2.1/").EndPoint);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("2001:db8::1"), 8080), ServerAddress.Parse("ws://[2001:db8::1]:8080/").EndPoint);
        Assert.Equal(new DnsEndPoint("xn--bcher-kva.example", 80), ServerAddress.Parse("ws://bücher.example/").EndPoint);
    }

    [Theory]
    [InlineData("ws://example.com/chat?token=secret", "ws://example.com/chat")]
    [InlineData("ws://me:secret@example.com/chat", "ws://example.com/chat")]
    [InlineData("ws://me:sec@ret@example.com/chat#secret", "ws://example.com/chat")]
    [InlineData("me:secret@example.com", "example.com")]
    [InlineData("", "")]
    public void What_people_see_has_no_secrets(string uri, string text) => Assert.Equal(text, ServerAddress.WithoutSecrets(uri));
}
