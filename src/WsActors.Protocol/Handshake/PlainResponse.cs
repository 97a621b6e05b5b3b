using System.Runtime.Serialization;
using System.Text;

namespace WsActors.Protocol.Handshake;

/// <summary>A plain HTTP answer, after which the connection closes. Immutable.</summary>
[Serializable]
public sealed record PlainResponse : ISerializable
{
    /// <param name="status">200–599.</param>
    /// <param name="headers">Without those that <see cref="ResponseWriter"/> writes itself.</param>
    /// <param name="body">Not copied: leave it alone afterwards.</param>
    public PlainResponse(int status, HttpHeaders headers, ReadOnlyMemory<byte> body)
    {
        (Status, Headers, Body) = (HttpStatus.Checked(status), headers, body);
    }

    // Newtonsoft and Hyperion call it by reflection. Without it Newtonsoft would write an empty body.
    private PlainResponse(SerializationInfo info, StreamingContext context)
        : this(Read<int>(info, nameof(Status)), Read<HttpHeaders>(info, nameof(Headers)), Read<byte[]>(info, nameof(Body)))
    {
    }

    /// <summary>200–599.</summary>
    public int Status { get; }

    /// <summary>Without those that <see cref="ResponseWriter"/> writes itself.</summary>
    public HttpHeaders Headers { get; }

    /// <summary>The bytes behind the head.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Plain text, sent as UTF-8.</summary>
    public static PlainResponse Text(int status, string text, params HttpHeaders headers) =>
        Create(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text), headers);

    /// <summary>Bytes of a media type, such as a page.</summary>
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
