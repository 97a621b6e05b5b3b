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

    public Codec? Named(string manifest) => _byManifest.GetValueOrDefault(manifest);
}
