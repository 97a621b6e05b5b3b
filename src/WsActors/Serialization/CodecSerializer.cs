using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace WsActors.Serialization;

/// <summary>Carries messages between nodes as their <see cref="Codec"/>s say. Made by Akka, once a system; any thread.</summary>
internal abstract class CodecSerializer(ExtendedActorSystem system, Codecs codecs) : SerializerWithStringManifest(system)
{
    /// <inheritdoc/>
    public sealed override string Manifest(object o) => CodecOf(o).Manifest;

    /// <inheritdoc/>
    public sealed override byte[] ToBinary(object obj)
    {
        var writer = new MessageWriter(system);
        CodecOf(obj).Write(writer, obj);
        return writer.ToArray();
    }

    /// <inheritdoc/>
    public sealed override object FromBinary(byte[] bytes, string manifest)
    {
        var codec = codecs.Named(manifest)
            ?? throw new SerializationException($"'{manifest}' is no message that this version of WsActors knows: the node that sent it has another version.");
        var reader = new MessageReader(system, codec.Type.Name, bytes);
        try
        {
            var message = codec.Read(reader);
            reader.End();
            return message;
        }
        // What a message's own constructor refuses, or a serializer of the user's throws, is the same to Akka: one message is lost, and said so.
        catch (Exception e) when (e is not (SerializationException or OutOfMemoryException))
        {
            throw reader.Damaged(e.Message.TrimEnd('.'));
        }
    }

    /// <summary>
    /// Makes sure that a system uses a serializer: one that was made without the reference configuration does not know it, and would hand
    /// messages to Akka's default, which writes JSON and turns a payload into nothing.
    /// </summary>
    protected static void AddTo<T>(ExtendedActorSystem system, string alias, Codecs codecs, Func<ExtendedActorSystem, T> make)
        where T : CodecSerializer
    {
        var serialization = system.Serialization;
        if (serialization.FindSerializerForType(codecs.Types.First()) is not T serializer)
        {
            serializer = make(system);
            serialization.AddSerializer(alias, serializer);
        }

        foreach (var type in codecs.Types)
        {
            serialization.AddSerializationMap(type, serializer);
        }
    }

    private Codec CodecOf(object message) =>
        codecs.Of(message) ?? throw new SerializationException($"{message.GetType()} stays on its node: it cannot be sent to another.");
}
