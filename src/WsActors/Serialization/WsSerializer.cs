using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace WsActors.Serialization;

/// <summary>
/// Carries <see cref="Ws"/>' messages between nodes, payloads and all, in a few bytes more than they have. Made by Akka, once a system; any
/// thread.
/// </summary>
internal sealed class WsSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string Alias = "ws-actors";

    private static readonly Codec[] All = [.. Commands.All, .. Events.All, .. Operations.All];

    private static readonly Dictionary<Type, Codec> ByType = All.ToDictionary(static codec => codec.Type);

    private static readonly Dictionary<string, Codec> ByManifest = All.ToDictionary(static codec => codec.Manifest);

    /// <summary>The messages that may cross.</summary>
    public static IEnumerable<Type> Types => ByType.Keys;

    /// <inheritdoc/>
    public override int Identifier => 6455;

    /// <summary>
    /// Makes sure that a system uses it: one that was made without the reference configuration does not know it, and would hand messages
    /// to Akka's default, which writes JSON and turns a payload into nothing.
    /// </summary>
    public static void AddTo(ExtendedActorSystem system)
    {
        var serialization = system.Serialization;
        if (serialization.FindSerializerForType(typeof(Ws.Send)) is not WsSerializer serializer)
        {
            serializer = new WsSerializer(system);
            serialization.AddSerializer(Alias, serializer);
        }

        foreach (var type in Types)
        {
            serialization.AddSerializationMap(type, serializer);
        }
    }

    /// <inheritdoc/>
    public override string Manifest(object o) => CodecOf(o).Manifest;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        var writer = new MessageWriter(system);
        CodecOf(obj).Write(writer, obj);
        return writer.ToArray();
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!ByManifest.TryGetValue(manifest, out var codec))
        {
            throw new SerializationException($"'{manifest}' is no message that this version of WsActors knows: the node that sent it has another version.");
        }

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

    private static Codec CodecOf(object message) =>
        ByType.TryGetValue(message.GetType(), out var codec)
            ? codec
            : throw new SerializationException($"{message.GetType()} stays on its node: it cannot be sent to another.");
}
