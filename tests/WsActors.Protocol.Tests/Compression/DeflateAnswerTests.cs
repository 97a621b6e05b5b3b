using System.Buffers;
using System.IO.Compression;
using System.Text;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Tests.Handshake;

namespace WsActors.Protocol.Tests.Compression;

/// <summary>A client's offer of permessage-deflate, and the responses that it accepts (RFC 7692 §7.1).</summary>
public class DeflateAnswerTests
{
    private static readonly int[] WindowBits = [8, 9, 12, 14, 15];

    [Theory]
    [InlineData(true, 15, 15, "permessage-deflate; client_max_window_bits")]
    [InlineData(true, 15, 10, "permessage-deflate; client_max_window_bits=10")]
    [InlineData(true, 10, 15, "permessage-deflate; server_max_window_bits=10; client_max_window_bits")]
    [InlineData(false, 15, 15, "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits")]
    public void The_offer_has_the_wanted_parameters_and_client_max_window_bits(bool keeps, int server, int client, string offer) =>
        Assert.Contains(
            $"\r\nSec-WebSocket-Extensions: {offer}\r\n", Request(new DeflateOptions(keeps, server, client)), StringComparison.Ordinal);

    [Fact]
    public void A_client_without_compression_offers_and_accepts_none()
    {
        Assert.DoesNotContain("Extensions", Request(new ClientHandshake("a", "/", [])), StringComparison.Ordinal);
        Assert.Null(Taken("", null)?.Compression);
        Assert.Null(Taken("permessage-deflate", null));
    }

    [Theory]
    [InlineData("permessage-deflate", true, true, 15, 15)]
    [InlineData("PerMessage-DEFLATE", true, true, 15, 15)]
    [InlineData("permessage-deflate; server_no_context_takeover", false, true, 15, 15)]
    [InlineData("permessage-deflate; client_no_context_takeover", true, false, 15, 15)]
    [InlineData("permessage-deflate; server_max_window_bits=15", true, true, 15, 15)]
    [InlineData("permessage-deflate; server_max_window_bits=8", true, true, 8, 15)]
    [InlineData("permessage-deflate; client_max_window_bits=15", true, true, 15, 15)]
    [InlineData("permessage-deflate; client_max_window_bits=8", true, true, 15, 8)]
    [InlineData("permessage-deflate; client_max_window_bits=\"9\"; server_max_window_bits=\"10\"", true, true, 10, 9)]
    [InlineData(", permessage-deflate ,", true, true, 15, 15)]
    public void A_response_that_matches_the_offer_is_accepted(
        string answer, bool serverKeeps, bool clientKeeps, int serverBits, int clientBits) =>
        Assert.Equal(new(serverKeeps, clientKeeps, serverBits, clientBits), Taken(answer, new(KeepsContext: true))?.Compression);

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    public void A_response_without_the_extension_opens_an_uncompressed_connection(string answer)
    {
        Assert.NotNull(Taken(answer, new(KeepsContext: true)));
        Assert.Null(Taken(answer, new(KeepsContext: true))!.Compression);
    }

    [Theory]
    [InlineData("permessage-deflate; client_max_window_bits")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=08")]
    [InlineData("permessage-deflate; client_max_window_bits=9; client_max_window_bits=9")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=9; server_max_window_bits=9")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; client_no_context_takeover=\"1\"")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate, permessage-deflate")]
    [InlineData("permessage-deflate\r\nSec-WebSocket-Extensions: permessage-deflate")]
    [InlineData("permessage-deflate, other")]
    [InlineData("other")]
    [InlineData("permessage-deflate;")]
    [InlineData("permessage-deflate; server_max_window_bits=")]
    [InlineData("permessage-deflate; server_max_window_bits=\" 9\"")]
    public void A_response_that_matches_no_offer_fails_the_connection(string answer)
    {
        Assert.Null(Taken(answer, new(KeepsContext: true)));
        Assert.Null(Taken(answer, new(KeepsContext: false)));
    }

    [Theory]
    [InlineData("permessage-deflate")]
    [InlineData("permessage-deflate; server_max_window_bits=11")]
    [InlineData("permessage-deflate; server_max_window_bits=15")]
    public void A_requested_server_window_must_be_confirmed(string answer) =>
        Assert.Null(Taken(answer, new(KeepsContext: true, ServerMaxWindowBits: 10)));

    [Theory]
    [InlineData(8)]
    [InlineData(10)]
    public void A_server_window_may_be_smaller_than_requested(int bits) => Assert.Equal(
        bits,
        Taken(
            $"permessage-deflate; server_max_window_bits={bits}",
            new(KeepsContext: true, ServerMaxWindowBits: 10))?.Compression?.ServerWindowBits);

    [Theory]
    [InlineData("permessage-deflate")]
    [InlineData("permessage-deflate; client_no_context_takeover")]
    public void A_requested_server_no_context_takeover_must_be_confirmed(string answer) =>
        Assert.Null(Taken(answer, new(KeepsContext: false)));

    [Fact]
    public void A_client_keeps_its_own_offered_parameters()
    {
        // RFC 7692 §7.1.1.2, §7.1.2.2: a server may omit both, or name a wider window than was offered.
        Assert.Equal(new(false, false, 15, 10), Taken("permessage-deflate; server_no_context_takeover", new(false, 15, 10))?.Compression);
        Assert.Equal(10, Taken("permessage-deflate; client_max_window_bits=12", new(true, 15, 10))?.Compression?.ClientWindowBits);
    }

    [Fact]
    public void Client_and_server_reach_the_same_agreement_with_all_options()
    {
        var options = (from keeps in new[] { true, false }
                       from server in WindowBits
                       from client in WindowBits
                       select new DeflateOptions(keeps, server, client)).ToList();
        foreach (var asked in options)
        {
            var client = new ClientHandshake("a", "/", []) { Compression = asked };
            Assert.True(ServerHandshake.Check(Heads.AssertRequest(Request(client)), out var offer, out _));
            foreach (var wanted in options)
            {
                var agreement = PerMessageDeflate.Accept(offer.Extensions, wanted);
                var output = new ArrayBufferWriter<byte>();
                ServerHandshake.WriteAccept(output, offer, null, [], agreement);
                var answer = Assert.IsType<ResponseHead>(Heads.ParseResponse(Encoding.ASCII.GetString(output.WrittenSpan)));

                Assert.True(client.Check(answer, out var taken, out var failure), failure);
                Assert.Equal(Plain(agreement), Plain(taken.Compression));
                Assert.Equal(Expected(asked, wanted), Plain(agreement));
            }
        }
    }

    [Fact]
    public void Each_role_compresses_with_its_own_half_of_the_agreement()
    {
        var agreement = new DeflateAgreement(
            ServerKeepsContext: true, ClientKeepsContext: false, ServerWindowBits: 9, ClientWindowBits: 15);
        var small = Payloads.Json(new(5), 200);
        var large = Payloads.Json(new(5), 20_000);
        (Role, Role, bool, int)[] directions = [(Role.Server, Role.Client, true, 512), (Role.Client, Role.Server, false, 32_768)];
        foreach (var (from, to, keeps, mostDistance) in directions)
        {
            using var deflater = agreement.CreateDeflater(from, CompressionLevel.Optimal);
            using var inflater = agreement.CreateInflater(to);
            var slow = new SlowInflate();
            var wires = new[] { small, small, large }.Select(message => Compressed(deflater, message)).ToArray();

            Assert.Equal(keeps, wires[1].Length < wires[0].Length);
            Assert.Equal([small, small, large], wires.Select(wire => InflaterReading.Message(inflater, wire)));
            Assert.Equal([small, small, large], wires.Select(wire => slow.Message(wire)));
            Assert.InRange(slow.GreatestDistance, mostDistance / 4, mostDistance);
        }
    }

    private static byte[] Compressed(Deflater deflater, byte[] message)
    {
        var destination = new byte[message.Length];
        return destination[..deflater.Compress(message, destination)];
    }

    private static (bool, bool, int, int)? Plain(DeflateAgreement? agreement) => agreement is null
        ? null
        : (agreement.ServerKeepsContext, agreement.ClientKeepsContext, agreement.ServerWindowBits, agreement.ClientWindowBits);

    private static (bool, bool, int, int)? Expected(DeflateOptions a, DeflateOptions b) =>
        (a.KeepsContext && b.KeepsContext, a.KeepsContext && b.KeepsContext,
            Math.Min(a.ServerMaxWindowBits, b.ServerMaxWindowBits), Math.Min(a.ClientMaxWindowBits, b.ClientMaxWindowBits));

    private static string Request(DeflateOptions wanted) => Request(new ClientHandshake("a", "/", []) { Compression = wanted });

    private static string Request(ClientHandshake client)
    {
        var output = new ArrayBufferWriter<byte>();
        client.WriteRequest(output);
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }

    /// <summary>Null when the connection fails for its extensions.</summary>
    private static ClientAgreement? Taken(string answer, DeflateOptions? wanted)
    {
        var client = new ClientHandshake("a", "/", []) { Compression = wanted };
        var head = $"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {AcceptKey.For(client.Key)}\r\n"
            + $"Sec-WebSocket-Extensions: {answer}\r\n\r\n";
        var isTaken = client.Check(Assert.IsType<ResponseHead>(Heads.ParseResponse(head)), out var agreement, out var failure);
        Assert.True(isTaken || failure!.Contains("extension", StringComparison.Ordinal), failure);
        return agreement;
    }
}
