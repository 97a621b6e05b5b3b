using System.Buffers;
using System.Globalization;

namespace WsActors.Protocol.Handshake;

/// <summary>Writes plain HTTP responses (RFC 9112 §4). Each one announces that its connection closes. Pure.</summary>
public static class ResponseWriter
{
    private static readonly string[] OwnHeaders = ["Connection", "Content-Length", "Date", "Transfer-Encoding"];

    /// <summary>
    /// Writes head and body. Connection, Content-Length and Date are written here; headers of these names in the response are left out.
    /// </summary>
    /// <param name="output">The destination.</param>
    /// <param name="response">The response.</param>
    /// <param name="date">The current time: the protocol layer has no clock.</param>
    /// <param name="withBody">False for HEAD: Content-Length is written, the body is not (RFC 9110 §9.3.2).</param>
    public static void Write(IBufferWriter<byte> output, PlainResponse response, DateTimeOffset date, bool withBody)
    {
        WriteHead(output, response, date);
        if (withBody)
        {
            output.Write(BodyOf(response).Span);
        }
    }

    /// <summary>
    /// The body to send behind the head: empty for 204 and 304, which have no body (RFC 9110 §6.4.1). The method is not known here; a
    /// caller that answers HEAD sends no body.
    /// </summary>
    public static ReadOnlyMemory<byte> BodyOf(PlainResponse response) => response.Status is 204 or 304 ? default : response.Body;

    /// <summary>Writes only the head.</summary>
    /// <param name="output">The destination.</param>
    /// <param name="response">The response.</param>
    /// <param name="date">The current time: the protocol layer has no clock.</param>
    public static void WriteHead(IBufferWriter<byte> output, PlainResponse response, DateTimeOffset date)
    {
        // RFC 9110 §7.8: a response with Upgrade, which 426 requires, lists it in Connection.
        var connection = response.Headers["Upgrade"] is null ? "close" : "close, Upgrade";

        output.WriteLine($"HTTP/1.1 {response.Status} {HttpStatus.Phrase(response.Status)}");
        output.WriteHeader(new("Date", date.ToString("R", CultureInfo.InvariantCulture)));
        output.WriteHeader(new("Connection", connection));
        if (response.Status != 204)
        {
            // RFC 9110 §8.6: Content-Length must not be sent with 204.
            output.WriteHeader(new("Content-Length", response.Body.Length.ToString(CultureInfo.InvariantCulture)));
        }

        output.WriteHeadersExcept(OwnHeaders, response.Headers);
        output.WriteLine("");
    }
}
