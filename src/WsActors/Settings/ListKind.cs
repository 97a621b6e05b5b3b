namespace WsActors.Settings;

/// <summary>A list of texts: <c>["one", "two"]</c>.</summary>
internal sealed class ListKind : ValueKind<IReadOnlyList<string>>
{
    public static ListKind Instance { get; } = new();

    public override string Name => "list";

    public override string Range => "";

    public override string Expected => "a list of strings, such as [\"one\", \"two\"]";

    internal override bool IsInRange(IReadOnlyList<string> value) => value is not null;

    /// <remarks>HOCON reads "null" as no value, even in quotes; here it is the name of an origin.</remarks>
    protected internal override bool TryParse(ConfigReader config, string key, out IReadOnlyList<string> value)
    {
        var isText = config.TextOf(key) is not null;
        value = isText ? [] : [.. config.Section.GetStringList(key).Select(static text => text ?? "null")];
        return !isText;
    }
}
