using System.Runtime.Serialization;
using System.Text;

namespace WsActors.Protocol.Handshake;

/// <summary>A plain HTTP response, after which the connection closes. Immutable.</summary>
[Serializable]
public sealed record PlainResponse : ISerializable
{
    /// <param name="status">200–599.</param>
    /// <param name="headers">The headers without those that <see cref="ResponseWriter"/> writes itself.</param>
    /// <param name="body">The body. It is not copied and must not change afterwards.</param>
    public PlainResponse(int status, HttpHeaders headers, ReadOnlyMemory<byte> body)
    {
        (Status, Headers, Body) = (HttpStatus.Checked(status), headers, body);
    }

    // Newtonsoft.Json and Hyperion call this constructor by reflection. Without it Newtonsoft.Json would write an empty body.
    private PlainResponse(SerializationInfo info, StreamingContext context)
        : this(Read<int>(info, nameof(Status)), Read<HttpHeaders>(info, nameof(Headers)), Read<byte[]>(info, nameof(Body)))
    {
    }

    /// <summary>200–599.</summary>
    public int Status { get; }

    /// <summary>The headers without those that <see cref="ResponseWriter"/> writes itself.</summary>
    public HttpHeaders Headers { get; }

    /// <summary>The bytes after the head.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Creates a response of plain text, sent as UTF-8.</summary>
    public static PlainResponse Text(int status, string text, params HttpHeaders headers) =>
        Create(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text), headers);

    /// <summary>Creates a response with a media type, such as an HTML page.</summary>
    public static PlainResponse Create(int status, string contentType, ReadOnlyMemory<byte> body, params HttpHeaders headers) =>
        new(status, [new("Content-Type", contentType), .. headers], body);

    void ISerializable.GetObjectData(SerializationInfo info, StreamingContext context)
    {
        info.AddValue(nameof(Status), Status);
        info.AddValue(nameof(Headers), Headers);
        info.AddValue(nameof(Body), Body.ToArray());
    }

    private static T Read<T>(SerializationInfo info, string name) => (T)info.GetValue(name, typeof(T))!;
}
