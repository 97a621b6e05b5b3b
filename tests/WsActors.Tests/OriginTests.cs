namespace WsActors.Tests;

/// <summary>Origins as values: two are the same exactly when a browser treats them so (RFC 6454 §5).</summary>
public sealed class OriginTests
{
    [Theory]
    [InlineData("http://example.com", "http://example.com")]
    [InlineData("HTTP://EXAMPLE.com:80", "http://example.com")]
    [InlineData("http://example.com:", "http://example.com")]
    [InlineData("https://example.com:443", "https://example.com")]
    [InlineData("https://example.com:80", "https://example.com:80")]
    [InlineData("ws://example.com", "http://example.com")]
    [InlineData("wss://example.com", "https://example.com")]
    [InlineData("http://[2001:DB8::1]:8080", "http://[2001:db8::1]:8080")]
    [InlineData("moz-extension://0a1b", "moz-extension://0a1b")]
    [InlineData("FILE://", "file://")]
    [InlineData("app://", "app://")]
    [InlineData("capacitor://localhost", "capacitor://localhost")]
    public void An_origin_is_parsed_and_written_in_the_form_of_browsers(string text, string written)
    {
        Assert.True(Origin.TryParse(text, out var origin));
        Assert.Equal(written, origin.ToString());
        Assert.True(Origin.TryParse(written, out var again));
        Assert.Equal(origin, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("example.com")]
    [InlineData("://example.com")]
    [InlineData("http://")]
    [InlineData("wss://")]
    [InlineData("file:///")]
    [InlineData("file://:80")]
    [InlineData("fi le://")]
    [InlineData("https://*.example.com")]
    [InlineData("http://:80")]
    [InlineData("http://example.com/")]
    [InlineData("http://example.com/path")]
    [InlineData("http://example.com?q")]
    [InlineData("http://user@example.com")]
    [InlineData("http://example.com:0")]
    [InlineData("http://example.com:65536")]
    [InlineData("http://example.com:+80")]
    [InlineData("http://example.com http://example.org")]
    [InlineData("ht tp://example.com")]
    public void An_invalid_origin_is_not_parsed(string text) => Assert.False(Origin.TryParse(text, out _));

    [Theory]
    [InlineData("http://example.com", "https://example.com")]
    [InlineData("http://example.com", "http://example.com:8080")]
    [InlineData("http://example.com", "http://www.example.com")]
    [InlineData("http://example.com", "http://example.com.")]
    public void Origins_that_differ_in_scheme_host_or_port_differ(string one, string other)
    {
        Assert.True(Origin.TryParse(one, out var first));
        Assert.True(Origin.TryParse(other, out var second));
        Assert.NotEqual(first, second);
    }
}
