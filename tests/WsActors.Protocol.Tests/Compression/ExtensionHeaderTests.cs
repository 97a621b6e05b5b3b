using System.Diagnostics;
using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Compression;

/// <summary>The grammar of <c>Sec-WebSocket-Extensions</c> (RFC 6455 §9.1), and hostile headers.</summary>
public class ExtensionHeaderTests
{
    private const int HeaderBytes = 32 * 1024;

    [Theory]
    [InlineData("a", "a")]
    [InlineData("permessage-deflate; client_max_window_bits", "permessage-deflate;client_max_window_bits")]
    [InlineData("foo, bar; baz=2", "foo|bar;baz=2")]
    [InlineData("a;b=1;c;b=2;c", "a;b=1;c;b=2;c")]
    [InlineData("A;B=C", "A;B=C")]
    [InlineData("!#$%&'*+-.^_`|~09azAZ", "!#$%&'*+-.^_`|~09azAZ")]
    [InlineData("a;b=\"10\"", "a;b=10")]
    [InlineData("a;b=\"1\\0\"", "a;b=10")]
    [InlineData("a;b=\"\\1\\0\";c", "a;b=10;c")]
    [InlineData("a;b=\"10\", c", "a;b=10|c")]
    [InlineData(" \ta\t ;\t b \t=\t 1\t ,\t c ", "a;b=1|c")]
    [InlineData(" a ; b = \"1\" ; c ", "a;b=1;c")]
    [InlineData("a;b=\"1\" \t", "a;b=1")]
    [InlineData(",, a,\t,b,", "a|b")]
    [InlineData("", "")]
    [InlineData(" \t", "")]
    [InlineData(" , ,", "")]
    public void Extensions_are_read_in_order_with_their_parameters(string line, string extensions) =>
        Assert.Equal(extensions, Read(line));

    [Fact]
    public void Several_lines_are_one_list()
    {
        Assert.Equal("a;x|b|c", Read("a;x", "", "b,", " c"));
        Assert.Equal("", Read());
    }

    [Theory]
    [InlineData(";")]
    [InlineData("=")]
    [InlineData("\"a\"")]
    [InlineData("a;")]
    [InlineData("a; ")]
    [InlineData("a;,b")]
    [InlineData("a;;b")]
    [InlineData(";a")]
    [InlineData("a b")]
    [InlineData("a;b c")]
    [InlineData("a;b=1 2")]
    [InlineData("a=1")]
    [InlineData("a;b=")]
    [InlineData("a;b= ")]
    [InlineData("a;b=;c")]
    [InlineData("a;b=,c")]
    [InlineData("a;b==1")]
    [InlineData("a;=1")]
    [InlineData("a;\"b\"=1")]
    [InlineData("a;b=\"")]
    [InlineData("a;b=\"\"")]
    [InlineData("a;b=\"1")]
    [InlineData("a;b=\"1\\")]
    [InlineData("a;b=\"1\\\"")]
    [InlineData("a;b=\"\\\"\"")]
    [InlineData("a;b=\"\\\\\"")]
    [InlineData("a;b=1\"")]
    [InlineData("a;b=1\"2\"")]
    [InlineData("a;b=\"1\"2")]
    [InlineData("a;b=\"1\"\"2\"")]
    [InlineData("a;b='1 2'")]
    [InlineData("a/b")]
    [InlineData("a;b=(1)")]
    [InlineData("a;b=1\u0001")]
    [InlineData("a;b=\u007F")]
    [InlineData("\u00e9")]
    [InlineData("a;b=\"\u00e9\"")]
    [InlineData("a;b=\"\ud83c\"")]
    [InlineData("a;\u00a0b")]
    [InlineData("a\u00a0;b")]
    [InlineData("a;b\u0085")]
    [InlineData("a\0")]
    [InlineData("a\r\nb")]
    public void Any_other_header_is_malformed(string line)
    {
        Assert.Null(Read(line));
        Assert.Null(Read("x, " + line));
        Assert.Null(Read("x", line, "y"));
    }

    [Theory]
    [InlineData("a;b=\" 10\"")]
    [InlineData("a;b=\"10 \"")]
    [InlineData("a;b=\"1 0\"")]
    [InlineData("a;b=\"\t10\"")]
    [InlineData("a;b=\"1\\ 0\"")]
    [InlineData("a;b=\"1,0\"")]
    [InlineData("a;b=\"1;0\"")]
    public void A_quoted_value_is_a_token(string line) => Assert.Null(Read(line));

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(30_000)]
    public void A_value_may_be_long_with_quotes_or_without(int length)
    {
        var value = new string('v', length);

        Assert.Equal($"a;b={value}", Read($"a;b={value}"));
        Assert.Equal($"a;b={value}", Read($"a;b=\"{value}\""));
    }

    [Theory]
    [InlineData(",")]
    [InlineData(" ")]
    [InlineData("a,")]
    [InlineData("a,\t")]
    [InlineData("a;b,")]
    [InlineData("a;b=\"c\",")]
    [InlineData("\\")]
    [InlineData("\"")]
    [InlineData(";")]
    [InlineData("=")]
    [InlineData("a;")]
    [InlineData("a;b=")]
    [InlineData("a;b=\"")]
    [InlineData("permessage-deflate;")]
    public void R10_A_malformed_header_takes_linear_time(string piece)
    {
        string[] lines = [Repeated(piece), "a" + Repeated(piece), "a;b=\"" + Repeated(piece), "a;b" + Repeated(";" + piece)];
        foreach (var line in lines)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            ExtensionHeader.TryRead([line], out _);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * HeaderBytes);
        }
    }

    [Theory]
    [InlineData("", ",")]
    [InlineData("a", " ")]
    [InlineData("", "a")]
    [InlineData("a;b=", "c")]
    [InlineData("a;b=\"", "\\c")]
    public void R10_Parsing_takes_linear_time(string start, string piece)
    {
        var small = start + string.Concat(Enumerable.Repeat(piece, 1 << 13));
        var large = start + string.Concat(Enumerable.Repeat(piece, 1 << 19));
        Time(small);

        // 64 times the bytes: 64 times the work if each is read once, 4,096 times if a scan restarts. The runtime may make the code many
        // times as fast between the two, which only adds to the ratio: the minimum counts.
        Assert.InRange(Enumerable.Range(0, 5).Min(_ => Time(large) / Time(small)), 0, 1000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_headers_are_read_or_malformed_and_round_trip(int seed)
    {
        var random = new Random(seed);
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var line = string.Concat(random.GetItems([.. "ab1;;=,,\"\\ \té"], random.Next(12)));
            if (Read(line) is { } extensions)
            {
                read++;
                Assert.True(Read(extensions.Replace('|', ',')) == extensions, $"seed {seed}: {line}");
            }
        }

        Assert.InRange(read, 100, 19_900);
    }

    /// <summary>Null when malformed.</summary>
    private static string? Read(params string[] lines) => ExtensionHeader.TryRead(lines, out var extensions)
        ? string.Join(
            '|', extensions.Select(static extension => string.Join(';', [extension.Name, .. extension.Parameters.Select(Parameter)])))
        : null;

    private static string Parameter(ExtensionParameter parameter) =>
        parameter.Value is null ? parameter.Name : $"{parameter.Name}={parameter.Value}";

    private static string Repeated(string piece) => string.Concat(Enumerable.Repeat(piece, HeaderBytes / piece.Length));

    private static TimeSpan Time(string line) => Enumerable.Range(0, 7).Min(_ =>
    {
        var clock = Stopwatch.StartNew();
        ExtensionHeader.TryRead([line], out var _);
        return clock.Elapsed;
    });
}
