using System.Text;

namespace WsActors.Protocol.Handshake;

/// <summary>A plain HTTP answer, after which the connection closes. Immutable.</summary>
public sealed record HttpResponse
{
    /// <param name="status">200–599.</param>
    /// <param name="headers">Without those that <see cref="ResponseWriter"/> writes itself.</param>
    /// <param name="body">Not copied: leave it alone afterwards.</param>
    public HttpResponse(int status, HttpHeaders headers, ReadOnlyMemory<byte> body)
    {
        (Status, Headers, Body) = (HttpStatus.Checked(status), headers, body);
    }

    /// <summary>200–599.</summary>
    public int Status { get; }

    /// <summary>Without those that <see cref="ResponseWriter"/> writes itself.</summary>
    public HttpHeaders Headers { get; }

    /// <summary>What follows the head.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Plain text, sent as UTF-8.</summary>
    public static HttpResponse Text(int status, string text, params HttpHeaders headers) =>
        Of(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text), headers);

    /// <summary>Bytes of a media type, such as a page.</summary>
    public static HttpResponse Of(int status, string contentType, ReadOnlyMemory<byte> body, params HttpHeaders headers) =>
        new(status, [new("Content-Type", contentType), .. headers], body);
}
