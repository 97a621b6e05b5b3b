using Akka.Actor;
using Akka.Serialization;

namespace WsActors.Serialization;

/// <summary>Carries messages between nodes as their <see cref="Codec"/>s say. Made by Akka, once a system; any thread.</summary>
internal abstract class CodecSerializer(ExtendedActorSystem system, CodecRegistry codecRegistry) : SerializerWithStringManifest(system)
{
    /// <inheritdoc/>
    public sealed override string Manifest(object o) => codecRegistry.Required(o).Manifest;

    /// <inheritdoc/>
    public sealed override byte[] ToBinary(object obj) => codecRegistry.Required(obj).ToBinary(obj, new RequiredSystem(system));

    /// <inheritdoc/>
    public sealed override object FromBinary(byte[] bytes, string manifest) => codecRegistry.Read(manifest, bytes, new RequiredSystem(system));

    /// <summary>
    /// Makes sure that a system uses a serializer: one that was made without the reference configuration does not know it, and would hand
    /// messages to Akka's default, which writes JSON and turns a payload into nothing.
    /// </summary>
    protected static void AddTo<T>(ExtendedActorSystem system, string alias, CodecRegistry codecRegistry, Func<ExtendedActorSystem, T> make)
        where T : CodecSerializer
    {
        var serialization = system.Serialization;
        if (serialization.FindSerializerForType(codecRegistry.Types.First()) is not T serializer)
        {
            serializer = make(system);
            serialization.AddSerializer(alias, serializer);
        }

        foreach (var type in codecRegistry.Types)
        {
            serialization.AddSerializationMap(type, serializer);
        }
    }
}
