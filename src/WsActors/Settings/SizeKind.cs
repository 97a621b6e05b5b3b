namespace WsActors.Settings;

/// <summary>A number of bytes with its unit: <c>512B</c>, <c>64KiB</c>, <c>1MiB</c>. In code it is an <see cref="int"/> of bytes.</summary>
internal sealed class SizeKind(int min) : ValueKind<int>
{
    /// <summary>2047 MiB: the largest that fits an array, in whole MiB.</summary>
    private const int Max = 2047 * 1024 * 1024;

    public override string Name => "size";

    public override string Range => $"{min}B to 2047MiB";

    public override string Expected => $"a size from {Range}, such as 64KiB";

    internal override bool IsInRange(int value) => value >= min && value <= Max;

    protected internal override bool TryParse(ConfigReader config, string key, out int value)
    {
        var bytes = config.Section.GetByteSize(key);
        value = bytes is >= int.MinValue and <= int.MaxValue ? (int)bytes : int.MaxValue;
        return bytes is not null;
    }
}
