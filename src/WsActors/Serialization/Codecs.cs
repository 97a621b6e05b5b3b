namespace WsActors.Serialization;

/// <summary>The messages that one serializer knows.</summary>
internal sealed class Codecs(params IEnumerable<Codec> all)
{
    private readonly Dictionary<Type, Codec> _byType = all.ToDictionary(static codec => codec.Type);

    private readonly Dictionary<string, Codec> _byManifest = all.ToDictionary(static codec => codec.Manifest);

    public IEnumerable<Type> Types => _byType.Keys;

    public Codec? Of(object message) => _byType.GetValueOrDefault(message.GetType());

    public Codec? Named(string manifest) => _byManifest.GetValueOrDefault(manifest);
}
