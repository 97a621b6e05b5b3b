using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace WsActors.Conformance.Tests.Script;

/// <summary>The source text of messages.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The message type that it is sent as.</param>
/// <param name="MostOfItsLength">The maximum share of its length on the wire.</param>
/// <param name="Octets">All of it.</param>
internal sealed record Corpus(string Name, WebSocketMessageType Type, double MostOfItsLength, Lazy<byte[]> Octets)
{
    private const int Length = 256 * 1024;

    private static readonly string[] Words =
        ["water", "light", "of", "the", "and", "between", "stone", "morning", "a", "river", "slowly", "window", "remembers", "no", "north"];

    public static Corpus Records { get; } = Of("records", static (random, i) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"id\":{i},\"price\":{random.Next(100_000) / 100.0},\"side\":\"{(i % 3 == 0 ? "buy" : "sell")}\"}},"));

    public static Corpus Prose { get; } = Of(
        "prose", static (random, i) => Words[random.Next(Words.Length)] + (i % 11 == 10 ? ".\n" : " "));

    public static Corpus Markup { get; } = Of("markup", static (random, i) =>
        $"<tr class=\"{(i % 2 == 0 ? "even" : "odd")}\"><td>{i}</td><td>{Words[random.Next(Words.Length)]}</td></tr>\n");

    /// <summary>Neighbours that differ by a little, as in a picture without compression.</summary>
    public static Corpus Picture { get; } = Of(
        "a picture", 0.9, static (random, i) => (byte)(128 + (90 * Math.Sin(i / 700.0)) + random.Next(2)));

    public static Corpus Noise { get; } = Of("noise", 1.01, static (random, _) => (byte)random.Next(256));

    public ReadOnlyMemory<byte> Piece(int number, int size) => Octets.Value.AsMemory(number * 97 % (Length - size + 1), size);

    private static Corpus Of(string name, Func<Random, int, string> part) => new(name, WebSocketMessageType.Text, 0.7, new(() =>
    {
        var random = new Random(1);
        var text = new StringBuilder();
        for (var i = 0; text.Length < Length; i++)
        {
            text.Append(part(random, i));
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, Length));
    }));

    private static Corpus Of(string name, double mostOfItsLength, Func<Random, int, byte> octet) =>
        new(name, WebSocketMessageType.Binary, mostOfItsLength, new(() =>
        {
            var random = new Random(1);
            return [.. Enumerable.Range(0, Length).Select(i => octet(random, i))];
        }));
}
