namespace WsActors.Settings;

/// <summary>One of some words, each with its value in code.</summary>
internal sealed class WordKind<T>(params (string Word, T Value)[] words) : ValueKind<T>
{
    public override string Name => "word";

    public override string Range => string.Join(", ", words.Select(static one => one.Word));

    public override string Expected => $"one of: {Range}";

    internal override bool IsInRange(T value) => words.Any(one => EqualityComparer<T>.Default.Equals(one.Value, value));

    protected internal override bool TryParse(ConfigReader config, string key, out T value)
    {
        var text = config.TextOf(key);
        value = words.FirstOrDefault(one => one.Word == text).Value;
        return words.Any(one => one.Word == text);
    }
}
