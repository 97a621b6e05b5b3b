namespace WsActors.Settings;

/// <summary><c>on</c> or <c>off</c>; <c>true</c>, <c>yes</c>, <c>false</c> and <c>no</c> mean the same.</summary>
internal sealed class SwitchKind : ValueKind<bool>
{
    public static SwitchKind Instance { get; } = new();

    public override string Name => "switch";

    public override string Range => "on, off";

    public override string Expected => "on or off";

    internal override bool IsInRange(bool value) => true;

    protected internal override bool TryParse(ConfigReader config, string key, out bool value)
    {
        var text = config.TextOf(key);
        value = text is "on" or "true" or "yes";
        return value || text is "off" or "false" or "no";
    }
}
