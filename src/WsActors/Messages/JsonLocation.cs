using System.Text;
using System.Text.Json.Serialization.Metadata;

namespace WsActors.Messages;

/// <summary>
/// A place in a document, in names of the type's metadata alone. The serializer's path is followed as far as the metadata knows it: an
/// unknown property ends it, and the key of a dictionary becomes <c>*</c>. Pure.
/// </summary>
/// <param name="Path">The path, such as <c>$.items[3].price</c>.</param>
/// <param name="Expected">The name of the type there, such as <c>Int32</c>; of derived types that differ, each.</param>
internal sealed record JsonLocation(string Path, string Expected)
{
    /// <summary>Follows the path of an exception of the serializer.</summary>
    /// <param name="path">The path, which may contain names and keys of the payload.</param>
    /// <param name="root">The type of the document.</param>
    public static JsonLocation Find(string path, JsonTypeInfo root)
    {
        var shown = new StringBuilder("$");
        Type[] here = [root.Type];
        for (var rest = path.StartsWith('$') ? path.AsSpan(1) : default; !rest.IsEmpty;)
        {
            var segment = JsonPathSegment.Next(ref rest);
            var next = here
                .SelectMany(type => VariantsOf(type, root))
                .Select(type => Follow(segment, type))
                .OfType<(string Shown, Type Type)>()
                .ToArray();
            if (next.Length == 0)
            {
                break;
            }

            shown.Append(next[0].Shown);
            here = [.. next.Select(static step => step.Type).Distinct()];
        }

        return new(shown.ToString(), string.Join(" or ", here.Select(type => NameOf(type, root)).Distinct()));
    }

    /// <summary>The metadata of a type and of the types derived from it; none for a type that the context does not know.</summary>
    private static IEnumerable<JsonTypeInfo> VariantsOf(Type type, JsonTypeInfo root) =>
        InfoOf(type, root) is { } info ? [info, .. DerivedOf(info).Select(derived => InfoOf(derived, root)).OfType<JsonTypeInfo>()] : [];

    private static IEnumerable<Type> DerivedOf(JsonTypeInfo type) =>
        type.PolymorphismOptions?.DerivedTypes.Select(static derived => derived.DerivedType) ?? [];

    private static (string Shown, Type Type)? Follow(JsonPathSegment segment, JsonTypeInfo type) => type.Kind switch
    {
        JsonTypeInfoKind.Object => FindProperty(segment.Name, type) is { } property
            ? (segment.Show(property.Name), property.PropertyType)
            : null,
        JsonTypeInfoKind.Dictionary when segment.Name is not null && type.ElementType is { } value => ("[*]", value),
        JsonTypeInfoKind.Enumerable when segment.Index is { } index && type.ElementType is { } element => ($"[{index}]", element),
        _ => null,
    };

    private static JsonPropertyInfo? FindProperty(string? name, JsonTypeInfo type)
    {
        var comparison = type.Options.PropertyNameCaseInsensitive ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return type.Properties.FirstOrDefault(property => property.Name.Equals(name, comparison));
    }

    private static JsonTypeInfo? InfoOf(Type type, JsonTypeInfo root) =>
        root.Options.TryGetTypeInfo(Nullable.GetUnderlyingType(type) ?? type, out var info) ? info : null;

    private static string NameOf(Type type, JsonTypeInfo root) => InfoOf(type, root)?.Kind switch
    {
        JsonTypeInfoKind.Enumerable => "an array",
        JsonTypeInfoKind.Dictionary => "an object",
        _ => (Nullable.GetUnderlyingType(type) ?? type).Name.Split('`')[0],
    };
}
