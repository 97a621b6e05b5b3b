using System.Text;

namespace WsActors.Fuzzing.Inputs;

/// <summary>Frames of the subprotocol for sessions: words and fields of their kind, mostly as many as there should be.</summary>
internal static class RandomSessionFrames
{
    private static readonly string[] Fields =
        [
            "token", "Abc-_09", "new", "true", "false", "0", "1", "2", "10", "9223372036854775807", "9223372036854775808", "01", "-1", "",
            "é",
        ];

    public static byte[] OfClient(Random random) => Frame(random, ["hello", "hello", "message", "ack", "ping", "pong"]);

    public static byte[] OfServer(Random random) => Frame(random, ["welcome", "welcome", "message", "ack", "ping", "pong"]);

    private static byte[] Frame(Random random, string[] words)
    {
        var word = random.GetItems(words, 1)[0];
        var count = random.Next(6) == 0 ? random.Next(6) : word switch { "hello" => 3, "welcome" => 4, "ping" or "pong" => 0, _ => 1 };
        var header = string.Join(random.Next(20) == 0 ? "  " : " ", [word, .. Enumerable.Range(0, count).Select(Field)]);
        var hasPayload = word == "message" != (random.Next(10) == 0);
        return [.. Encoding.UTF8.GetBytes(header), .. hasPayload ? (byte[])[(byte)'\n', .. RandomText.Bytes(random)] : []];

        string Field(int at) => random.Next(6) == 0 ? random.GetItems(Fields, 1)[0] : at switch
        {
            2 when word == "welcome" => random.GetItems(["new", "true", "false"], 1)[0],
            _ when at == count - 1 => $"{random.NextInt64(long.MaxValue >> random.Next(63))}",
            _ => "abc",
        };
    }
}
