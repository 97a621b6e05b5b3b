using System.Runtime.Serialization;
using Akka.Actor;

namespace WsActors.Serialization;

/// <summary>The messages that one serializer knows.</summary>
internal sealed class Codecs(params IEnumerable<Codec> all)
{
    /// <summary>Of each type, those that are for some of its messages before the one for the rest.</summary>
    private readonly Dictionary<Type, Codec[]> _byType = all
        .GroupBy(static codec => codec.Type)
        .ToDictionary(static group => group.Key, static group => group.OrderBy(static codec => codec.When is null).ToArray());

    private readonly Dictionary<string, Codec> _byManifest = all.ToDictionary(static codec => codec.Manifest);

    public IEnumerable<Type> Types => _byType.Keys;

    public Codec? Of(object message) => _byType.TryGetValue(message.GetType(), out var codecs)
        ? Array.Find(codecs, codec => codec.When is null || codec.When(message))
        : null;

    public bool Knows(string manifest) => _byManifest.ContainsKey(manifest);

    /// <exception cref="SerializationException">The message is none that may cross.</exception>
    public Codec Required(object message) =>
        Of(message) ?? throw new SerializationException($"{message.GetType()} stays on its node: it cannot be sent to another, or stored.");

    /// <param name="message">One that may cross.</param>
    /// <param name="system">Whose serializers write what of it is the user's; null where there is no system.</param>
    public byte[] Write(object message, ExtendedActorSystem? system)
    {
        var writer = new MessageWriter(system);
        Required(message).Write(writer, message);
        return writer.ToArray();
    }

    /// <param name="manifest">As it was written.</param>
    /// <param name="bytes">As they were written.</param>
    /// <param name="system">Whose actors they name; null where there is no system.</param>
    /// <exception cref="SerializationException">They are damaged, or another version's.</exception>
    public object Read(string manifest, byte[] bytes, ExtendedActorSystem? system)
    {
        var codec = _byManifest.GetValueOrDefault(manifest)
            ?? throw new SerializationException($"'{manifest}' is no message that this version of WsActors knows: the node that sent it has another version.");
        var reader = new MessageReader(system, codec.Type.Name, bytes);
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
