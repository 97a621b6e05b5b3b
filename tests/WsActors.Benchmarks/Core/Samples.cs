using System.Buffers;
using System.Text.Unicode;
using WsActors.Protocol;
using WsActors.Protocol.Frames;

namespace WsActors.Benchmarks.Core;

/// <summary>The input of the benchmarks: the same bytes in every run.</summary>
internal static class Samples
{
    /// <summary>A key with four different bytes, so that no shortcut for simple ones can help.</summary>
    public const uint MaskingKey = 0x3D21FA37;

    private const string Ascii =
        """{"type":"position","id":4711,"x":12.75,"y":-3.5,"at":"2025-03-14T09:26:53Z","tags":["moving","visible"]}""";

    private const string Mixed =
        "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich – “très bien”, señor! Что дальше? 👍🏽 ok. ";

    /// <summary>The beginning of Natsume Sōseki's novel "I Am a Cat" (1905).</summary>
    private const string Japanese =
        "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所でニャーニャー泣いていた事だけは記憶している。";

    /// <summary>Text in a <paramref name="language"/>, "ascii", "mixed" or "japanese": as many characters as fit into the length.</summary>
    public static byte[] Text(string language, int length)
    {
        var sentence = language switch
        {
            "ascii" => Ascii,
            "mixed" => Mixed,
            "japanese" => Japanese,
            _ => throw new ArgumentOutOfRangeException(nameof(language), language, "No such text."),
        };
        var text = new byte[length];
        Utf8.FromUtf16(string.Concat(Enumerable.Repeat(sentence, 1 + (length / sentence.Length))), text, out _, out var written);
        return text[..written];
    }

    public static byte[] Random(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    /// <summary>One chunk of binary messages as a client sends them, or a server.</summary>
    public static byte[] Chunk(int messages, int payloadBytes, Role sender = Role.Client)
    {
        var output = new ArrayBufferWriter<byte>();
        for (var i = 0; i < messages; i++)
        {
            FrameWriter.Write(output, sender, Opcode.Binary, Random(payloadBytes));
        }

        return output.WrittenSpan.ToArray();
    }
}
