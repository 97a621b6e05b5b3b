namespace WsActors.Serialization;

/// <summary>The codec of one message. Bytes once written under a manifest must stay readable: a changed format gets a new manifest.</summary>
/// <param name="Manifest">The message's name and version on the wire.</param>
/// <param name="Type">The message.</param>
/// <param name="Write">Writes one.</param>
/// <param name="Read">Reads one.</param>
internal sealed record Codec(string Manifest, Type Type, Action<MessageWriter, object> Write, Func<MessageReader, object> Read)
{
    /// <summary>The messages of the type that it is for; null for all that no other codec takes.</summary>
    public Func<object, bool>? When { get; init; }

    /// <summary>
    /// Only within a user's message, event or snapshot. The message by itself goes by another codec, which nodes of earlier versions read.
    /// </summary>
    public bool IsForEmbedded { get; init; }

    public static Codec Create<T>(string manifest, Action<MessageWriter, T> write, Func<MessageReader, T> read)
        where T : class =>
        new(manifest, typeof(T), (writer, message) => write(writer, (T)message), read);

    /// <param name="message">One that it is for.</param>
    /// <param name="requiredSystem">Where the serializers are that write what of it is the user's.</param>
    public byte[] ToBinary(object message, RequiredSystem requiredSystem)
    {
        var writer = new MessageWriter(requiredSystem);
        Write(writer, message);
        return writer.ToArray();
    }

    /// <summary>A message of which there is only one.</summary>
    public static Codec Create<T>(string manifest, T only)
        where T : class =>
        new(manifest, typeof(T), static (_, _) => { }, _ => only);
}
