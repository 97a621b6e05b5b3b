using System.Runtime.Serialization;

namespace WsActors.Serialization;

/// <summary>The codecs of one serializer, by type and by manifest.</summary>
internal sealed class CodecRegistry(params IEnumerable<Codec> all)
{
    /// <summary>
    /// The codecs of each type in the order of choice: those for embedded messages, those with a condition, the one without.
    /// </summary>
    private readonly Dictionary<Type, Codec[]> _byType = all
        .GroupBy(static codec => codec.Type)
        .ToDictionary(
            static group => group.Key,
            static group => group.OrderBy(static codec => !codec.IsForEmbedded).ThenBy(static codec => codec.When is null).ToArray());

    private readonly Dictionary<string, Codec> _byManifest = all.ToDictionary(static codec => codec.Manifest);

    public IEnumerable<Type> Types => _byType.Keys;

    public bool Contains(Type type) => _byType.ContainsKey(type);

    /// <summary>The type of a manifest; null for an unknown manifest.</summary>
    public Type? TypeOf(string manifest) => _byManifest.GetValueOrDefault(manifest)?.Type;

    /// <summary>The codec of a message.</summary>
    /// <param name="message">Any object.</param>
    /// <param name="isEmbedded">Whether the message is part of a user's message.</param>
    /// <exception cref="SerializationException">The message may not leave its node.</exception>
    public Codec Required(object message, bool isEmbedded = false)
    {
        foreach (var codec in _byType.GetValueOrDefault(message.GetType(), []))
        {
            if ((isEmbedded ? !codec.IsForWire : !codec.IsForEmbedded) && codec.When?.Invoke(message) is not false)
            {
                return codec;
            }
        }

        throw new SerializationException($"{message.GetType()} stays on its node: it cannot be sent to another node or stored.");
    }

    /// <summary>Reads a message.</summary>
    /// <param name="manifest">The manifest of the message.</param>
    /// <param name="bytes">The bytes of the message.</param>
    /// <param name="requiredSystem">The system with the actors and serializers that the bytes name.</param>
    /// <exception cref="SerializationException">The bytes are damaged, or another version wrote them.</exception>
    public object Read(string manifest, byte[] bytes, RequiredSystem requiredSystem)
    {
        var codec = _byManifest.GetValueOrDefault(manifest)
            ?? throw new SerializationException(
                $"The manifest '{manifest}' is unknown to this version of WsActors: a node with another version sent the message.");
        var reader = new MessageReader(requiredSystem, codec.Type.Name, bytes);
        try
        {
            var message = codec.Read(reader);
            reader.End();
            return message;
        }
        // An exception of a message's constructor or of a user's serializer becomes a SerializationException: Akka then drops and logs
        // only this message.
        catch (Exception e) when (e is not (SerializationException or OutOfMemoryException))
        {
            throw reader.Damaged(e.Message.TrimEnd('.'));
        }
    }
}
