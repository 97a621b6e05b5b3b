namespace WsActors.Settings;

/// <summary>A text that may be empty; in code that is null.</summary>
/// <param name="name">What the text is: <c>file</c>.</param>
/// <param name="isWord">It has no white space.</param>
internal sealed class TextKind(string name, bool isWord = false) : ValueKind<string?>
{
    public static TextKind File { get; } = new("file");

    public override string Name => name;

    public override string Range => "";

    public override string Expected => isWord ? "one word, or empty" : "a text, or empty";

    internal override bool IsInRange(string? value) => !isWord || value?.Any(char.IsWhiteSpace) != true;

    protected internal override bool TryParse(ConfigReader config, string key, out string? value)
    {
        value = config.TextOrNull(key);
        return true;
    }
}
