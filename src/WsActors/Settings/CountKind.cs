using System.Globalization;

namespace WsActors.Settings;

/// <summary>A whole number.</summary>
internal sealed class CountKind(int min) : ValueKind<int>
{
    public override string Name => "count";

    public override string Range => $"from {min}";

    public override string Expected => $"a whole number from {min} to {int.MaxValue}";

    internal override bool IsInRange(int value) => value >= min;

    protected internal override bool TryParse(ConfigReader config, string key, out int value) =>
        int.TryParse(config.TextOf(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
