using System.Runtime.InteropServices;
using WsActors.Fuzzing;
using WsActors.Protocol.Tests.Frames;

namespace WsActors.Protocol.Tests.Fuzzing;

/// <summary>
/// The cost of one byte does not grow with the bytes before it. Heads have the same test by the number of their rule, R8.
/// </summary>
public class WorkTests
{
    private const int Bytes = 256 * 1024;

    [Theory]
    [InlineData("stream-large", "one text")]
    [InlineData("stream-large", "many fragments")]
    [InlineData("stream-large", "many empty fragments")]
    [InlineData("stream-large", "many pings")]
    [InlineData("frames-server", "one text")]
    [InlineData("utf8", "plain text")]
    public void The_last_bytes_of_a_long_input_take_no_more_time_than_the_first(string target, string kind)
    {
        var growth = Dripping.CostOfLastToFirst(Input(kind), () =>
        {
            var reading = new Reading(mostSteps: int.MaxValue);
            var reader = Catalogue.Named(target).Start();
            return chunk => reader.Take(chunk, reading);
        });

        // If all bytes were looked at for each, the last would cost at least sixteen times the first.
        Assert.InRange(growth, 0, 5);
    }

    [Fact]
    public void A_reader_that_rescans_earlier_bytes_is_detected()
    {
        var growth = Dripping.CostOfLastToFirst(new byte[Bytes / 4], static () =>
        {
            var all = new List<byte>();
            return chunk =>
            {
                all.AddRange(chunk);
                CollectionsMarshal.AsSpan(all).IndexOf((byte)1);
            };
        });

        Assert.InRange(growth, 5, double.MaxValue);
    }

    private static byte[] Input(string kind)
    {
        var text = "日本語"u8.ToArray();
        return kind switch
        {
            "one text" => Wire.Frame(0x81, Repeated(text, Bytes), Wire.Key),
            "many fragments" => [.. Wire.Frame(0x01, [], Wire.Key), .. Repeated(Wire.Frame(0x00, text, Wire.Key), Bytes / 2)],
            "many empty fragments" => [.. Wire.Frame(0x01, [], Wire.Key), .. Repeated(Wire.Frame(0x00, [], Wire.Key), Bytes / 4)],
            "many pings" => Repeated(Wire.Frame(0x89, [], Wire.Key), Bytes),
            _ => Repeated(text, Bytes),
        };
    }

    private static byte[] Repeated(byte[] piece, int bytes) =>
        [.. Enumerable.Repeat(piece, bytes / piece.Length).SelectMany(static b => b)];
}
