using System.Buffers;
using System.Globalization;

namespace WsActors.Protocol.Handshake;

/// <summary>Writes plain HTTP answers (RFC 9112 §4). Each ends its connection: only upgraded ones live on. Pure.</summary>
public static class ResponseWriter
{
    private static readonly string[] OwnHeaders = ["Connection", "Content-Length", "Date", "Transfer-Encoding"];

    /// <summary>Connection, Content-Length and Date are written here; if the response brings its own, they are left out.</summary>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="response">What to answer.</param>
    /// <param name="date">Now: this ring has no clock.</param>
    /// <param name="withBody">False for HEAD: the length is told, the body is not sent (RFC 9110 §9.3.2).</param>
    public static void Write(IBufferWriter<byte> output, PlainResponse response, DateTimeOffset date, bool withBody)
    {
        WriteHead(output, response, date);
        if (withBody)
        {
            output.Write(BodyOf(response).Span);
        }
    }

    /// <summary>The body, unless the method is HEAD. Some statuses have no body, whatever the response holds (RFC 9110 §6.4.1).</summary>
    public static ReadOnlyMemory<byte> BodyOf(PlainResponse response) => response.Status is 204 or 304 ? default : response.Body;

    /// <summary>The head alone.</summary>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="response">What to answer.</param>
    /// <param name="date">Now: this ring has no clock.</param>
    public static void WriteHead(IBufferWriter<byte> output, PlainResponse response, DateTimeOffset date)
    {
        // RFC 9110 §7.8: a sender of Upgrade, as 426 must, lists it in Connection.
        var connection = response.Headers["Upgrade"] is null ? "close" : "close, Upgrade";

        output.WriteLine($"HTTP/1.1 {response.Status} {HttpStatus.Phrase(response.Status)}");
        output.WriteHeader(new("Date", date.ToString("R", CultureInfo.InvariantCulture)));
        output.WriteHeader(new("Connection", connection));
        if (response.Status != 204)
        {
            // RFC 9110 §8.6: with 204 it must not be sent.
            output.WriteHeader(new("Content-Length", response.Body.Length.ToString(CultureInfo.InvariantCulture)));
        }

        output.WriteHeadersExcept(OwnHeaders, response.Headers);
        output.WriteLine("");
    }
}
