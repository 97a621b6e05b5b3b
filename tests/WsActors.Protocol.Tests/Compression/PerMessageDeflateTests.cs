using System.Buffers;
using System.IO.Compression;
using System.Text;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Tests.Compression;

/// <summary>The server's choice among the offers of permessage-deflate, and its answer (RFC 7692 §5.1, §7.1).</summary>
public class PerMessageDeflateTests
{
    private const string Pmd = "permessage-deflate";

    [Theory]
    [InlineData(Pmd, Pmd)]
    [InlineData("permessage-deflate; client_max_window_bits", Pmd)]
    [InlineData("permessage-deflate; client_max_window_bits=15", Pmd)]
    [InlineData("permessage-deflate; client_max_window_bits=9", "permessage-deflate; client_max_window_bits=9")]
    [InlineData("permessage-deflate; client_max_window_bits=8", "permessage-deflate; client_max_window_bits=8")]
    [InlineData("permessage-deflate; server_max_window_bits=8", "permessage-deflate; server_max_window_bits=8")]
    [InlineData("permessage-deflate; server_max_window_bits=14", "permessage-deflate; server_max_window_bits=14")]
    [InlineData("permessage-deflate; server_max_window_bits=\"10\"", "permessage-deflate; server_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits=\"1\\0\"", "permessage-deflate; server_max_window_bits=10")]
    [InlineData("permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover", "permessage-deflate; client_no_context_takeover")]
    [InlineData("PERMESSAGE-Deflate; Server_No_Context_Takeover", "permessage-deflate; server_no_context_takeover")]
    [InlineData(
        "permessage-deflate; client_max_window_bits=11; client_no_context_takeover; server_max_window_bits=12; server_no_context_takeover",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=11")]
    public void An_offer_is_answered_with_its_parameters(string offer, string answer) =>
        Assert.Equal(answer, Answer(offer, new(KeepsContext: true)));

    public static TheoryData<int> Windows => [8, 9, 10, 11, 12, 13, 14, 15];

    [Theory]
    [MemberData(nameof(Windows))]
    public void Every_window_from_8_to_15_bits_can_be_agreed_on_for_either_end(int bits)
    {
        Assert.Equal($"{Pmd}; server_max_window_bits={bits}", Answer($"{Pmd}; server_max_window_bits={bits}", new(KeepsContext: true)));
        Assert.Equal(
            $"{Pmd}; server_max_window_bits={bits}; client_max_window_bits={bits}".Replace(
                "; server_max_window_bits=15", "", StringComparison.Ordinal)
                .Replace("; client_max_window_bits=15", "", StringComparison.Ordinal),
            Answer($"{Pmd}; client_max_window_bits", new(true, bits, bits)));
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public void Messages_within_any_window_are_read_and_refer_back_no_further(int bits)
    {
        var random = new Random(bits);
        using var deflater = new Deflater(keepsContext: true, bits, CompressionLevel.Optimal);
        using var inflater = new Inflater(keepsContext: true);
        var slow = new SlowInflate();
        var buffer = new byte[4000];
        for (var i = 0; i < 20; i++)
        {
            var message = Payloads.Json(random, random.Next(60, 3000));
            if (deflater.Compress(message, buffer) is > 0 and var length)
            {
                Assert.Equal(message, slow.Message(buffer.AsSpan(0, length)));
                Assert.Equal(message, InflaterReading.Message(inflater, buffer[..length]));
            }
        }

        Assert.InRange(slow.GreatestDistance, 1, 1 << bits);
    }

    [Fact]
    public void A_requested_server_window_is_confirmed_even_if_it_is_the_largest() =>
        // RFC 7692 §7.1.2.1: a server accepts the parameter by answering it.
        Assert.Equal("permessage-deflate; server_max_window_bits=15", Answer("permessage-deflate; server_max_window_bits=15", new(true)));

    [Theory]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=08")]
    [InlineData("permessage-deflate; server_max_window_bits=015")]
    [InlineData("permessage-deflate; server_max_window_bits=+9")]
    [InlineData("permessage-deflate; server_max_window_bits=-9")]
    [InlineData("permessage-deflate; server_max_window_bits=0x9")]
    [InlineData("permessage-deflate; server_max_window_bits=9.0")]
    [InlineData("permessage-deflate; server_max_window_bits=4294967305")]
    [InlineData("permessage-deflate; server_max_window_bits=nine")]
    [InlineData("permessage-deflate; server_max_window_bits=9; server_max_window_bits=9")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=08")]
    [InlineData("permessage-deflate; client_max_window_bits=true")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits=9")]
    [InlineData("permessage-deflate; client_max_window_bits=9; CLIENT_max_window_bits")]
    [InlineData("permessage-deflate; server_no_context_takeover=true")]
    [InlineData("permessage-deflate; server_no_context_takeover=\"1\"")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover=0")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate; client_max_window_bits; unknown=1")]
    [InlineData("permessage-deflate; server_no_context_takeove")]
    [InlineData("permessage-deflate-2")]
    [InlineData("x-webkit-deflate-frame")]
    [InlineData("permessage-bzip2; client_max_window_bits")]
    [InlineData("")]
    public void A_bad_offer_is_declined_and_the_connection_opens_without(string offer)
    {
        Assert.Null(Answer(offer, new(KeepsContext: true)));
        Assert.Null(Answer($"{offer}, other; a=1, {offer}", new(KeepsContext: true)));
    }

    [Theory]
    [InlineData("permessage-deflate; x, permessage-deflate; server_max_window_bits=9, permessage-deflate", "; server_max_window_bits=9")]
    [InlineData(
        "permessage-deflate; server_max_window_bits=16, permessage-deflate; client_no_context_takeover", "; client_no_context_takeover")]
    [InlineData("other, permessage-deflate, another", "")]
    [InlineData("other; permessage-deflate, permessage-deflate; server_no_context_takeover", "; server_no_context_takeover")]
    [InlineData("permessage-deflate, permessage-deflate; server_max_window_bits=9", "")]
    [InlineData(",,permessage-deflate ; client_max_window_bits = 10,,", "; client_max_window_bits=10")]
    public void The_first_acceptable_offer_is_accepted(string offers, string answer)
    {
        Assert.Equal(Pmd + answer, Answer(offers, new(KeepsContext: true)));
        Assert.Equal(Pmd + answer, Answer(string.Join("\r\nSec-WebSocket-Extensions: ", offers.Split(", ")), new(KeepsContext: true)));
    }

    [Theory]
    [InlineData(false, 15, 15, Pmd, "; server_no_context_takeover; client_no_context_takeover")]
    [InlineData(true, 10, 15, Pmd, "; server_max_window_bits=10")]
    [InlineData(true, 10, 15, "permessage-deflate; server_max_window_bits=12", "; server_max_window_bits=10")]
    [InlineData(true, 12, 15, "permessage-deflate; server_max_window_bits=10", "; server_max_window_bits=10")]
    [InlineData(true, 15, 10, Pmd, "")]
    [InlineData(true, 15, 10, "permessage-deflate; client_max_window_bits", "; client_max_window_bits=10")]
    [InlineData(true, 15, 10, "permessage-deflate; client_max_window_bits=12", "; client_max_window_bits=10")]
    [InlineData(true, 15, 12, "permessage-deflate; client_max_window_bits=10", "; client_max_window_bits=10")]
    [InlineData(true, 15, 15, "permessage-deflate; client_max_window_bits=10", "; client_max_window_bits=10")]
    public void The_servers_options_only_reduce_the_agreement(bool keeps, int server, int client, string offer, string answer) =>
        Assert.Equal(Pmd + answer, Answer(offer, new(keeps, server, client)));

    [Fact]
    public void A_client_without_client_max_window_bits_is_not_sent_one() =>
        // RFC 7692 §7.1.2.2: the server MUST NOT answer the parameter then. Its inflater takes any window.
        Assert.Equal(new DeflateAgreement(true, true, 15, 15), PerMessageDeflate.Accept([new(Pmd, [])], new(true, 15, 8)));

    [Fact]
    public void Thousands_of_offers_are_read_in_one_pass()
    {
        var bad = string.Concat(Enumerable.Repeat("permessage-deflate; server_max_window_bits=16, ", 680));

        Assert.Equal(
            "permessage-deflate; server_max_window_bits=8", Answer(bad + "permessage-deflate; server_max_window_bits=8", new(true)));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_window_out_of_range_throws(int bits)
    {
        Assert.Equal("ServerMaxWindowBits", Assert.Throws<ArgumentOutOfRangeException>(() => new DeflateOptions(true, bits)).ParamName);
        Assert.Equal("ClientMaxWindowBits", Assert.Throws<ArgumentOutOfRangeException>(() => new DeflateOptions(true, 15, bits)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeflateOptions(true) with { ServerMaxWindowBits = bits });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeflateAgreement(true, true, bits));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeflateAgreement(true, true) with { ClientWindowBits = bits });
    }

    /// <summary>The value of the header that the 101 carries; null for none.</summary>
    private static string? Answer(string offer, DeflateOptions wanted)
    {
        Assert.True(ExtensionHeader.TryRead(offer.Split("\r\nSec-WebSocket-Extensions: "), out var extensions));
        var agreement = PerMessageDeflate.Accept(extensions, wanted);
        var output = new ArrayBufferWriter<byte>();
        ServerHandshake.WriteAccept(output, new("dGhlIHNhbXBsZSBub25jZQ==", []), null, [], agreement);

        const string name = "\r\nSec-WebSocket-Extensions: ";
        var head = Encoding.ASCII.GetString(output.WrittenSpan);
        var start = head.IndexOf(name, StringComparison.Ordinal);
        Assert.Equal(agreement is not null, start >= 0);
        return start < 0 ? null : head[(start + name.Length)..head.IndexOf("\r\n", start + 2, StringComparison.Ordinal)];
    }
}
