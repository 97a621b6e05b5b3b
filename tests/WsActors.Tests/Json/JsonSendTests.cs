using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using WsActors.Protocol.Messages;

namespace WsActors.Tests.Json;

/// <summary>Messages made from values.</summary>
public sealed class JsonSendTests
{
    [Fact]
    public void A_value_is_sent_as_text()
    {
        var sent = Ws.Send.Json(new StrictBid(3), AppJson.Default.StrictBid);

        Assert.Equal((MessageKind.Text, """{"amount":3}"""), (sent.Kind, TextOf(sent)));
    }

    [Fact]
    public void A_value_is_prepared_as_text()
    {
        var prepared = PreparedMessage.Json(new StrictBid(3), AppJson.Default.StrictBid);

        Assert.Equal((MessageKind.Text, """{"amount":3}"""), (prepared.Kind, Encoding.UTF8.GetString(prepared.Payload.Span)));
    }

    [Fact]
    public void A_derived_value_is_sent_with_its_kind()
    {
        var sent = Ws.Send.Json(new Shape.Circle(1, 2), AppJson.Default.Shape);

        Assert.Equal("""{"type":"circle","radius":1,"size":2}""", TextOf(sent));
    }

    [Fact]
    public void The_serializers_options_apply()
    {
        var context = new AppJson(
            new JsonSerializerOptions(AppJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

        Assert.Contains("\\u00E9", TextOf(Ws.Send.Json(new Bid("é", 1), AppJson.Default.Bid)), StringComparison.Ordinal);
        Assert.Contains("\"é\"", TextOf(Ws.Send.Json(new Bid("é", 1), context.Bid)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_is_written_at_once()
    {
        var numbers = new List<int> { 1 };
        var sent = Ws.Send.Json(new Bid("cup", 1) { History = numbers }, AppJson.Default.Bid);

        numbers.Add(2);

        Assert.Contains("\"history\":[1]", TextOf(sent), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_contains_itself_is_an_error_of_the_sender()
    {
        var related = new Dictionary<string, Bid>();
        var bid = new Bid("cup", 1) { Related = related };
        related.Add("itself", bid);

        Assert.Throws<JsonException>(() => Ws.Send.Json(bid, AppJson.Default.Bid));
    }

    [Fact]
    public void Null_is_an_error_of_the_sender()
    {
        Assert.Throws<ArgumentNullException>(() => Ws.Send.Json(null!, AppJson.Default.Bid));
        Assert.Throws<ArgumentNullException>(() => Ws.Send.Json(1, null!));
        Assert.Throws<ArgumentNullException>(() => PreparedMessage.Json(null!, AppJson.Default.Bid));
    }

    private static string TextOf(Ws.Send sent) => Encoding.UTF8.GetString(sent.Payload.Span);
}
