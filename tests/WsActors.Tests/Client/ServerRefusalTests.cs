using WsActors.Client;
using WsActors.Protocol.Handshake;

namespace WsActors.Tests.Client;

/// <summary>The meaning of a response other than 101.</summary>
public sealed class ServerRefusalTests
{
    private static readonly DateTimeOffset Now = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0", 0.0)]
    [InlineData("120", 120.0)]
    [InlineData("2147483647", 2147483647.0)]
    [InlineData("2147483648", 2147483647.0)]
    [InlineData("3000000000", 2147483647.0)]
    [InlineData("999999999999999999999999999999", 2147483647.0)]
    [InlineData("00000000000000000000000000000120", 120.0)]
    [InlineData("Saturday, 01-Jan-00 00:01:00 GMT", 60.0)]
    [InlineData("Sat Jan  1 00:01:00 2000", 60.0)]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", 252455615999.0)]
    [InlineData("", null)]
    [InlineData("\u0661", null)]
    [InlineData("Sat, 01 Jan 2000 00:01:00 GMT", 60.0)]
    [InlineData("Fri, 31 Dec 1999 23:59:59 GMT", null)]
    [InlineData("-1", null)]
    [InlineData("1.5", null)]
    [InlineData("soon", null)]
    public void Retry_After_is_seconds_or_a_future_date(string value, double? seconds) =>
        Assert.Equal(seconds, ServerRefusal.RetryAfter([new HttpHeader("Retry-After", value)], Now)?.TotalSeconds);

    [Fact]
    public void An_absent_or_invalid_Retry_After_is_null() => Assert.Null(ServerRefusal.RetryAfter([], Now));

    [Theory]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(506)]
    [InlineData(507)]
    [InlineData(511)]
    [InlineData(520)]
    [InlineData(521)]
    [InlineData(522)]
    [InlineData(530)]
    [InlineData(598)]
    [InlineData(600)]
    [InlineData(999)]
    public void Temporary_statuses_are_not_final(int status) =>
        Assert.Equal((false, "; try again later"), (ServerRefusal.IsFinal(status), ServerRefusal.Cure(status)));

    [Theory]
    [InlineData(101)]
    [InlineData(200)]
    [InlineData(302)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(426)]
    [InlineData(499)]
    [InlineData(501)]
    [InlineData(505)]
    public void Statuses_about_the_request_are_final(int status) => Assert.True(ServerRefusal.IsFinal(status));
}
