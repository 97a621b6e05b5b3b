using System.Text.Json.Serialization;

namespace WsActors.Tests.Json;

/// <summary>A message with a value of each kind.</summary>
internal sealed record Bid(string Item, int Amount)
{
    public IReadOnlyList<int>? History { get; init; }

    public IReadOnlyDictionary<string, Bid>? Related { get; init; }

    public Currency? Currency { get; init; }

    public DateTimeOffset? Until { get; init; }

    public object? Note { get; init; }

    [JsonPropertyName("odd name's")]
    public int Odd { get; init; }

    /// <summary>Checked by its own code.</summary>
    public int Positive { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Positive)); }
}
