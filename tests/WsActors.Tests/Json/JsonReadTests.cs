using System.Text;
using System.Text.Json;
using Akka.Actor;
using WsActors.Protocol.Messages;

namespace WsActors.Tests.Json;

/// <summary>A received message as JSON: what is read, and what a failure says of it.</summary>
public sealed class JsonReadTests
{
    /// <summary>A text of payloads that no exception may quote.</summary>
    private const string Secret = "hunter2";

    [Theory]
    [InlineData("""{"item":"cup","amount":3}""")]
    [InlineData(" \t\r\n{\"item\":\"cup\",\"amount\":3}\n ")]
    [InlineData("""{"item":"c\u0075p","other":[{}],"amount":3}""")]
    public void A_document_is_read(string json)
    {
        Assert.Equal(new Bid("cup", 3), Text(json).ReadJson(AppJson.Default.Bid));
        Assert.True(Text(json).TryReadJson(AppJson.Default.Bid, out var bid));
        Assert.Equal(new Bid("cup", 3), bid);
    }

    [Fact]
    public void A_binary_message_is_read_alike() =>
        Assert.Equal(7, Message(MessageKind.Binary, "7"u8.ToArray()).ReadJson(AppJson.Default.Int32));

    [Fact]
    public void A_received_value_may_be_the_default_of_its_type()
    {
        Assert.True(Text("0").TryReadJson(AppJson.Default.Int32, out var number));
        Assert.Equal(0, number);
    }

    [Theory]
    [InlineData("", "Bid", "$", 1, 1)]
    [InlineData("{", "Bid", "$", 1, 2)]
    [InlineData("hunter2", "Bid", "$", 1, 1)]
    [InlineData("[1]", "Bid", "$", 1, 2)]
    [InlineData("{}", "Bid", "$", 1, 3)]
    [InlineData("""{"item":"cup","amount":3} hunter2""", "Bid", "$", 1, 27)]
    [InlineData("""{"item":"cup","amount":3}{}""", "Bid", "$", 1, 26)]
    [InlineData("""{"item":"cup","amount":3,}""", "Bid", "$", 1, 26)]
    [InlineData("{\n\"amount\":\"hunter2\"}", "Int32", "$.amount", 2, 19)]
    [InlineData("""{"amount":3.5}""", "Int32", "$.amount", 1, 14)]
    [InlineData("""{"amount":99999999999}""", "Int32", "$.amount", 1, 22)]
    [InlineData("""{"item":null}""", "String", "$.item", 1, 13)]
    [InlineData("""{"item":"\ud800"}""", "String", "$.item", 1, 17)]
    [InlineData("""{"currency":"hunter2"}""", "Currency", "$.currency", 1, 22)]
    [InlineData("""{"until":"hunter2"}""", "DateTimeOffset", "$.until", 1, 19)]
    [InlineData("""{"history":{"hunter2":1}}""", "an array", "$.history", 1, 13)]
    [InlineData("""{"history":[1,2,"hunter2"]}""", "Int32", "$.history[2]", 1, 26)]
    [InlineData("""{"related":[]}""", "an object", "$.related", 1, 13)]
    [InlineData("""{"related":{"hunter2":{"amount":"x"}}}""", "Int32", "$.related[*].amount", 1, 36)]
    [InlineData("""{"related":{"hunter2's.key":{"history":[[]]}}}""", "Int32", "$.related[*].history[0]", 1, 42)]
    [InlineData("""{"related":{"a":{"related":{"b":{"odd name's":[]}}}}}""", "Int32", "$.related[*].related[*]['odd name's']", 1, 48)]
    [InlineData("""{"odd name's":"x"}""", "Int32", "$['odd name's']", 1, 18)]
    [InlineData("""{"hunter2":{"amount":]}}""", "Bid", "$", 1, 22)]
    public void A_failure_names_place_and_expected_type_and_quotes_nothing(string json, string expected, string path, int line, int at)
    {
        var failure = Assert.Throws<JsonException>(() => Text(json).ReadJson(AppJson.Default.Bid));

        Assert.Equal($"The message is not JSON of its type: expected {expected} at {path} (line {line}, byte {at}).", failure.Message);
        Assert.Equal((path, line - 1, at - 1), (failure.Path, failure.LineNumber, failure.BytePositionInLine));
        Assert.Null(failure.InnerException);
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
        Assert.False(Text(json).TryReadJson(AppJson.Default.Bid, out var bid));
        Assert.Null(bid);
    }

    [Fact]
    public void The_document_null_is_no_value()
    {
        var failure = Assert.Throws<JsonException>(() => Text("null").ReadJson(AppJson.Default.Bid));

        Assert.Equal("The message is not JSON of its type: expected Bid at $.", failure.Message);
        Assert.False(Text("null").TryReadJson(AppJson.Default.Bid, out _));
    }

    [Theory]
    [InlineData("""{"hunter2":1}""", "StrictBid", "$")]
    [InlineData("""{"amount":"hunter2"}""", "Int32", "$.amount")]
    public void An_unknown_property_is_not_named(string json, string expected, string path)
    {
        var failure = Assert.Throws<JsonException>(() => Text(json).ReadJson(AppJson.Default.StrictBid));

        Assert.Contains($": expected {expected} at {path} (", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "Shape", "$")]
    [InlineData("""{"radius":1,"type":"circle"}""", "Shape", "$")]
    [InlineData("""{"type":"hunter2"}""", "Shape", "$")]
    [InlineData("""{"type":"circle","radius":"hunter2"}""", "Int32", "$.radius")]
    [InlineData("""{"type":"label","text":1}""", "String", "$.text")]
    [InlineData("""{"type":"label","size":1}""", "Int32 or String", "$.size")]
    public void Of_derived_types_the_expected_types_are_named(string json, string expected, string path)
    {
        var failure = Assert.Throws<JsonException>(() => Text(json).ReadJson(AppJson.Default.Shape));

        Assert.Contains($": expected {expected} at {path}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
        Assert.False(Text(json).TryReadJson(AppJson.Default.Shape, out _));
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Depth_is_limited_by_the_context(int arrays, bool isRead)
    {
        // The object is one level, too.
        var json = $$"""{"item":"cup","amount":1,"note":{{new string('[', arrays)}}{{new string(']', arrays)}}}""";

        Assert.Equal(isRead, Text(json).TryReadJson(AppJson.Default.Bid, out _));
    }

    [Fact]
    public void The_serializers_options_apply()
    {
        var context = new AppJson(new JsonSerializerOptions(AppJson.Default.Options)
        {
            AllowTrailingCommas = true,
            PropertyNameCaseInsensitive = true,
            ReadCommentHandling = JsonCommentHandling.Skip,
        });

        Assert.Equal(new Bid("cup", 3), Text("""{"ITEM":"cup",/**/"Amount":3,}""").ReadJson(context.Bid));
        Assert.Equal("$.amount", Assert.Throws<JsonException>(() => Text("""{"AMOUNT":"x"}""").ReadJson(context.Bid)).Path);
    }

    [Fact]
    public void A_root_of_values_has_a_path_without_keys()
    {
        var (bids, numbers) = (Text("""[{"item":"a","amount":1},{"item":1}]"""), Text("""{"hunter2']":"x"}"""));

        Assert.Equal("$[1].item", Assert.Throws<JsonException>(() => bids.ReadJson(AppJson.Default.ListBid)).Path);
        Assert.Equal("$[*]", Assert.Throws<JsonException>(() => numbers.ReadJson(AppJson.Default.DictionaryStringInt32)).Path);
    }

    [Fact]
    public void A_byte_order_mark_is_not_JSON() => Assert.False(Text("\uFEFF0").TryReadJson(AppJson.Default.Int32, out _));

    [Fact]
    public void Bytes_that_are_not_UTF8_are_not_JSON() => Assert.False(
        Message(MessageKind.Binary, [.. "{\"amount\":1,\"item\":\""u8, 0xFF, .. "\"}"u8]).TryReadJson(AppJson.Default.Bid, out _));

    [Fact]
    public void An_exception_of_the_types_own_code_is_passed_on()
    {
        var message = Text("""{"positive":-1,"item":"cup","amount":1}""");

        Assert.Throws<ArgumentOutOfRangeException>(() => message.ReadJson(AppJson.Default.Bid));
        Assert.Throws<ArgumentOutOfRangeException>(() => message.TryReadJson(AppJson.Default.Bid, out _));
    }

    [Fact]
    public void No_type_is_an_error_of_the_caller()
    {
        Assert.Throws<ArgumentNullException>(() => Text("1").ReadJson<int>(null!));
        Assert.Throws<ArgumentNullException>(() => Text("1").TryReadJson<int>(null!, out _));
    }

    [Fact]
    public void A_megabyte_is_read()
    {
        var item = new string('x', 1 << 20);

        Assert.Equal(item, Text($$"""{"item":"{{item}}","amount":1}""").ReadJson(AppJson.Default.Bid).Item);
    }

    [Fact]
    public void A_document_is_read_without_a_string_of_it()
    {
        const int Skipped = 1 << 20;
        var message = Text($$"""{"item":"cup","amount":1,"skipped":"{{new string('x', Skipped)}}"}""");
        message.ReadJson(AppJson.Default.Bid);

        var before = GC.GetAllocatedBytesForCurrentThread();
        message.ReadJson(AppJson.Default.Bid);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, Skipped / 10);
    }

    private static Ws.Received Text(string json) => Message(MessageKind.Text, Encoding.UTF8.GetBytes(json));

    private static Ws.Received Message(MessageKind kind, byte[] payload) =>
        new() { Connection = ActorRefs.Nobody, Kind = kind, Payload = payload };
}
