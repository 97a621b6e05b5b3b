using System.Runtime.Serialization;

namespace WsActors.Serialization;

/// <summary>The messages that one serializer knows.</summary>
internal sealed class CodecRegistry(params IEnumerable<Codec> all)
{
    /// <summary>Of each type, those that are for some of its messages before the one for the rest; those for embedded ones first.</summary>
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

    /// <param name="message">Any.</param>
    /// <param name="isEmbedded">Whether it is a part of a user's message.</param>
    /// <exception cref="SerializationException">The message may not cross nodes.</exception>
    public Codec Required(object message, bool isEmbedded = false)
    {
        foreach (var codec in _byType.GetValueOrDefault(message.GetType(), []))
        {
            if ((isEmbedded || !codec.IsForEmbedded) && codec.When?.Invoke(message) is not false)
            {
                return codec;
            }
        }

        throw new SerializationException($"{message.GetType()} stays on its node: it cannot be sent to another, or stored.");
    }

    /// <param name="manifest">As it was written.</param>
    /// <param name="bytes">As they were written.</param>
    /// <param name="requiredSystem">Where the actors and serializers are that they name.</param>
    /// <exception cref="SerializationException">They are damaged, or another version's.</exception>
    public object Read(string manifest, byte[] bytes, RequiredSystem requiredSystem)
    {
        var codec = _byManifest.GetValueOrDefault(manifest)
            ?? throw new SerializationException($"'{manifest}' is no message that this version of WsActors knows: the node that sent it has another version.");
        var reader = new MessageReader(requiredSystem, codec.Type.Name, bytes);
        try
        {
            var message = codec.Read(reader);
            reader.End();
            return message;
        }
        // What a message's own constructor refuses, or a serializer of the user's throws, is the same to Akka: one message is lost, and
        // said so.
        catch (Exception e) when (e is not (SerializationException or OutOfMemoryException))
        {
            throw reader.Damaged(e.Message.TrimEnd('.'));
        }
    }
}
