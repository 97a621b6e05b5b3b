using Akka.Actor;
using Akka.Serialization;

namespace WsActors.Serialization;

/// <summary>Serializes messages by their <see cref="Codec"/>s. Akka creates one for each actor system; any thread.</summary>
internal abstract class CodecSerializer(ExtendedActorSystem system, CodecRegistry codecRegistry) : SerializerWithStringManifest(system)
{
    /// <inheritdoc/>
    public sealed override string Manifest(object o) => codecRegistry.Required(o).Manifest;

    /// <inheritdoc/>
    public sealed override byte[] ToBinary(object obj) => codecRegistry.Required(obj).ToBinary(obj, new RequiredSystem(system));

    /// <inheritdoc/>
    public sealed override object FromBinary(byte[] bytes, string manifest) =>
        codecRegistry.Read(manifest, bytes, new RequiredSystem(system));

    /// <summary>
    /// Adds a serializer to a system that was created without the reference configuration. Such a system would use Akka's default
    /// serializer, which writes JSON and loses payloads.
    /// </summary>
    protected static void AddTo<T>(
        ExtendedActorSystem system,
        string alias,
        CodecRegistry codecRegistry,
        Func<ExtendedActorSystem, T> create)
        where T : CodecSerializer
    {
        var serialization = system.Serialization;
        if (serialization.FindSerializerForType(codecRegistry.Types.First()) is not T serializer)
        {
            serializer = create(system);
            serialization.AddSerializer(alias, serializer);
        }

        foreach (var type in codecRegistry.Types)
        {
            serialization.AddSerializationMap(type, serializer);
        }
    }
}
