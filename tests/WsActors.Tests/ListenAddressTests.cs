using System.Net;
using System.Net.Sockets;
using WsActors.Transport;

namespace WsActors.Tests;

/// <summary>The forms of a listening address; invalid ones are tested in <see cref="BindSpec"/>.</summary>
public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("ws://127.0.0.1:8080", "127.0.0.1:8080")]
    [InlineData("WS://0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("ws://localhost:65535/", "127.0.0.1:65535")]
    [InlineData("ws://[::1]:8080", "[::1]:8080")]
    [InlineData("ws://[::]:8080", "[::]:8080")]
    [InlineData("wss://0.0.0.0:8443", "0.0.0.0:8443")]
    public void An_address_is_read(string text, string endPoint) =>
        Assert.Equal(IPEndPoint.Parse(endPoint), ListenAddress.Parse(text).EndPoint);

    [Theory]
    [InlineData("ws://localhost:8080", true)]
    [InlineData("wss://LOCALHOST:0", true)]
    [InlineData("ws://127.0.0.1:8080", false)]
    [InlineData("ws://*:8080", false)]
    public void Localhost_is_both_loopback_addresses_on_a_machine_that_has_both_families(string text, bool isBoth)
    {
        var address = ListenAddress.Parse(text);

        var other = isBoth && Socket.OSSupportsIPv6 ? new IPEndPoint(IPAddress.IPv6Loopback, ((IPEndPoint)address.EndPoint).Port) : null;
        Assert.Equal(other, address.OtherLoopback);
    }

    [Theory]
    [InlineData("ws://127.0.0.1:80", "ws", false)]
    [InlineData("WSS://127.0.0.1:443", "wss", true)]
    [InlineData("ws+unix:///run/app.sock", "ws", false)]
    public void The_scheme_selects_TLS(string text, string scheme, bool isSecure)
    {
        var address = ListenAddress.Parse(text);

        Assert.Equal((scheme, isSecure), (address.Scheme, address.IsSecure));
    }

    [Fact]
    public void A_Unix_socket_is_a_path() =>
        Assert.Equal(new UnixDomainSocketEndPoint("/run/app.sock"), ListenAddress.Parse("ws+unix:///run/app.sock").EndPoint);

    [Theory]
    [InlineData("0.0.0.0:80", "192.0.2.1:80", true)]
    [InlineData("[::]:80", "192.0.2.1:80", true)]
    [InlineData("[::]:80", "[::ffff:192.0.2.1]:80", true)]
    [InlineData("127.0.0.1:80", "127.0.0.1:80", true)]
    [InlineData("127.0.0.1:80", "[::ffff:127.0.0.1]:80", true)]
    [InlineData("127.0.0.1:80", "127.0.0.1:81", false)]
    [InlineData("127.0.0.1:80", "127.0.0.2:80", false)]
    [InlineData("0.0.0.0:80", "192.0.2.1:81", false)]
    public void A_connection_belongs_to_the_listener_that_covers_its_address(string bound, string local, bool covers) =>
        Assert.Equal(covers, ListenAddress.Covers(IPEndPoint.Parse(bound), IPEndPoint.Parse(local)));
}
