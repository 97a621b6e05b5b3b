using System.Buffers;
using System.Text;
using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Handshake;

public class ResponseWriterTests
{
    /// <summary>The date that RFC 9110 §5.6.7 uses, given two hours east of Greenwich.</summary>
    private static readonly DateTimeOffset Date = new(1994, 11, 6, 10, 49, 37, TimeSpan.FromHours(2));

    [Fact]
    public void A_response_has_its_length_the_date_and_Connection_close()
    {
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: close\r\nContent-Length: 5\r\n"
            + "Content-Type: text/plain; charset=utf-8\r\nX-A: \u00c3\u00a9\r\n\r\nh\u00c3\u00a9y\n",
            Write(PlainResponse.Text(200, "h\u00e9y\n", new HttpHeader("X-A", "\u00e9"))));
    }

    [Fact]
    public void HEAD_gets_the_length_of_the_body_without_the_body()
    {
        var response = PlainResponse.Create(200, "text/html", Heads.Wire("<p>"));

        Assert.EndsWith("Content-Length: 3\r\nContent-Type: text/html\r\n\r\n", Write(response, withBody: false), StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n<p>", Write(response), StringComparison.Ordinal);
    }

    [Fact]
    public void Headers_that_the_writer_writes_itself_are_left_out()
    {
        HttpHeaders own =
            [new("connection", "keep-alive"), new("Content-Length", "9"), new("Date", "x"), new("Transfer-Encoding", "chunked")];

        Assert.Equal(Write(new(204, [], default)), Write(new(204, own, default)));
    }

    [Fact]
    public void A_refusal_has_its_status_headers_and_sentence()
    {
        Assert.Equal(
            "HTTP/1.1 405 Method Not Allowed\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: close\r\nContent-Length: 9\r\n"
            + "Content-Type: text/plain; charset=utf-8\r\nAllow: GET\r\n\r\nUse GET.\n",
            Write(new Refusal(405, "Use GET.", new HttpHeader("Allow", "GET")).ToResponse()));
    }

    [Fact]
    public void A_426_lists_its_upgrade_in_the_connection_header()
    {
        var response = PlainResponse.Text(426, "", new HttpHeader("Upgrade", "websocket"));

        Assert.Contains("\r\nConnection: close, Upgrade\r\n", Write(response), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    public void A_status_without_a_body_is_written_without_one(int status)
    {
        Assert.EndsWith("\r\n\r\n", Write(PlainResponse.Text(status, "text")), StringComparison.Ordinal);
    }

    /// <summary>RFC 9110 §15 and RFC 6585.</summary>
    [Theory]
    [InlineData(200, "OK")]
    [InlineData(204, "No Content")]
    [InlineData(301, "Moved Permanently")]
    [InlineData(302, "Found")]
    [InlineData(303, "See Other")]
    [InlineData(304, "Not Modified")]
    [InlineData(307, "Temporary Redirect")]
    [InlineData(308, "Permanent Redirect")]
    [InlineData(400, "Bad Request")]
    [InlineData(401, "Unauthorized")]
    [InlineData(403, "Forbidden")]
    [InlineData(404, "Not Found")]
    [InlineData(405, "Method Not Allowed")]
    [InlineData(406, "Not Acceptable")]
    [InlineData(408, "Request Timeout")]
    [InlineData(409, "Conflict")]
    [InlineData(410, "Gone")]
    [InlineData(414, "URI Too Long")]
    [InlineData(421, "Misdirected Request")]
    [InlineData(426, "Upgrade Required")]
    [InlineData(429, "Too Many Requests")]
    [InlineData(431, "Request Header Fields Too Large")]
    [InlineData(500, "Internal Server Error")]
    [InlineData(501, "Not Implemented")]
    [InlineData(502, "Bad Gateway")]
    [InlineData(503, "Service Unavailable")]
    [InlineData(504, "Gateway Timeout")]
    [InlineData(505, "HTTP Version Not Supported")]
    [InlineData(299, "")]
    [InlineData(599, "")]
    public void A_status_has_its_phrase_or_an_empty_one(int status, string phrase)
    {
        Assert.StartsWith($"HTTP/1.1 {status} {phrase}\r\n", Write(PlainResponse.Text(status, "")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    [InlineData(199)]
    [InlineData(600)]
    public void An_interim_status_throws(int status)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PlainResponse.Text(status, ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Refusal(status, ""));
    }

    private static string Write(PlainResponse response, bool withBody = true)
    {
        var output = new ArrayBufferWriter<byte>();
        ResponseWriter.Write(output, response, Date, withBody);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
