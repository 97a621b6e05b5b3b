namespace WsActors.Serialization;

/// <summary>
/// The codec of one message type. Bytes written under a manifest must stay readable: a changed format gets a new manifest.
/// </summary>
/// <param name="Manifest">The message's name and version on the wire.</param>
/// <param name="Type">The message type.</param>
/// <param name="Write">Writes a message.</param>
/// <param name="Read">Reads a message.</param>
internal sealed record Codec(string Manifest, Type Type, Action<MessageWriter, object> Write, Func<MessageReader, object> Read)
{
    /// <summary>
    /// The condition for messages of the type to use this codec; null for all messages that meet no other codec's condition.
    /// </summary>
    public Func<object, bool>? When { get; init; }

    /// <summary>
    /// Whether the codec is only for messages within a user's message, event or snapshot. Sent on its own, the message uses another codec,
    /// which nodes of earlier versions can read.
    /// </summary>
    public bool IsForEmbedded { get; init; }

    /// <summary>
    /// Whether the codec is only for messages on their own, between nodes: a message within a user's message may be stored.
    /// </summary>
    public bool IsForWire { get; init; }

    public static Codec Create<T>(string manifest, Action<MessageWriter, T> write, Func<MessageReader, T> read)
        where T : class =>
        new(manifest, typeof(T), (writer, message) => write(writer, (T)message), read);

    /// <summary>Creates a codec whose layout states each field once, for both directions.</summary>
    /// <param name="manifest">The message's name and version on the wire.</param>
    /// <param name="layout">Writes the fields of a message, or reads them where the message is null; returns the message.</param>
    public static Codec Create<T>(string manifest, Func<MessageFields, T?, T> layout)
        where T : class =>
        new(
            manifest,
            typeof(T),
            (writer, message) => layout(new MessageFields(writer), (T)message),
            reader => layout(new MessageFields(reader), null));

    /// <summary>Writes a message as bytes.</summary>
    /// <param name="message">A message that meets <see cref="When"/>.</param>
    /// <param name="requiredSystem">The system whose serializers write the user's objects within it.</param>
    public byte[] ToBinary(object message, RequiredSystem requiredSystem)
    {
        var writer = new MessageWriter(requiredSystem);
        Write(writer, message);
        return writer.ToArray();
    }

    /// <summary>Creates the codec of a message that is a singleton.</summary>
    public static Codec Create<T>(string manifest, T instance)
        where T : class =>
        new(manifest, typeof(T), static (_, _) => { }, _ => instance);
}
