namespace WsActors.Settings;

/// <summary>A value, or <c>off</c>; in code that is null.</summary>
internal sealed class OffKind<T>(ValueKind<T> kind) : ValueKind<T?>
    where T : struct
{
    public override string Name => kind.Name;

    public override string Range => $"{kind.Range}, or off";

    public override string Expected => $"{kind.Expected}, or off";

    internal override bool IsInRange(T? value) => value is not { } given || kind.IsInRange(given);

    protected internal override bool TryParse(ConfigReader config, string key, out T? value)
    {
        value = null;
        if (config.TextOf(key) is "off")
        {
            return true;
        }

        var isParsed = kind.TryParse(config, key, out var given);
        value = given;
        return isParsed;
    }
}
