namespace WsActors.Serialization;

/// <summary>How one message crosses. What was ever written under a manifest must stay readable: what changes gets a new one.</summary>
/// <param name="Manifest">The message's name and version on the wire.</param>
/// <param name="Type">The message.</param>
/// <param name="Write">Writes one.</param>
/// <param name="Read">Reads one.</param>
internal sealed record Codec(string Manifest, Type Type, Action<MessageWriter, object> Write, Func<MessageReader, object> Read)
{
    /// <summary>Which of the message's kind it is for; null for all that no other one is for.</summary>
    public Func<object, bool>? When { get; init; }

    public static Codec Of<T>(string manifest, Action<MessageWriter, T> write, Func<MessageReader, T> read)
        where T : class =>
        new(manifest, typeof(T), (writer, message) => write(writer, (T)message), read);

    /// <summary>A message of which there is only one.</summary>
    public static Codec Of<T>(string manifest, T only)
        where T : class =>
        new(manifest, typeof(T), static (_, _) => { }, _ => only);
}
