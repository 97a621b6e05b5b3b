namespace WsActors.Settings;

/// <summary>The permissions of a file, as <c>chmod</c> writes them: <c>660</c>.</summary>
internal sealed class PermissionsKind : ValueKind<UnixFileMode>
{
    public static PermissionsKind Instance { get; } = new();

    private const UnixFileMode Most = (UnixFileMode)0b111_111_111;

    public override string Name => "permissions";

    public override string Range => "000 to 777";

    public override string Expected => "three octal digits, such as 660";

    internal override bool IsInRange(UnixFileMode value) => (value & ~Most) == 0;

    protected internal override bool TryParse(ConfigReader config, string key, out UnixFileMode value)
    {
        var digits = config.TextOf(key);
        var isMode = digits?.Length == 3 && digits.All(static digit => digit is >= '0' and <= '7');
        value = isMode ? (UnixFileMode)Convert.ToInt32(digits, 8) : default;
        return isMode;
    }
}
