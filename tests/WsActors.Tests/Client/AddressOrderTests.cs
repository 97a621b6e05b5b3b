using System.Net;
using WsActors.Client;

namespace WsActors.Tests.Client;

/// <summary>In which order the addresses of a name are tried (RFC 8305 §4).</summary>
public sealed class AddressOrderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8::1 192.0.2.1", "2001:db8::1 192.0.2.1")]
    [InlineData("192.0.2.1 2001:db8::1", "192.0.2.1 2001:db8::1")]
    [InlineData("2001:db8::1 2001:db8::2 2001:db8::3 192.0.2.1 192.0.2.2", "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 2001:db8::3")]
    [InlineData("192.0.2.1 192.0.2.1 192.0.2.2", "192.0.2.1 192.0.2.2")]
    public void Address_families_alternate_and_each_keeps_its_order(string found, string tried) =>
        Assert.Equal(Parse(tried), AddressOrder.From(Parse(found)));

    [Fact]
    public void At_most_ten_addresses_are_tried()
    {
        var many = Enumerable.Range(1, 200).Select(static i => IPAddress.Parse($"192.0.2.{i}")).ToList();

        Assert.Equal(many[..10], AddressOrder.From(many));
    }

    private static List<IPAddress> Parse(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)];
}
