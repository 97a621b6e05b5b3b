using WsActors.TestKit;

namespace WsActors.Tests.Json;

/// <summary>Values by the probes of the TestKit, and the sentences of their failures.</summary>
public sealed class JsonProbeSpec : WebSocketSpec
{
    [Fact]
    public void A_client_and_a_handler_exchange_values()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();

        client.SendJson(new StrictBid(1), AppJson.Default.StrictBid);
        Assert.Equal(new StrictBid(1), Handler.ExpectJson(AppJson.Default.StrictBid));
        Handler.Tell(Ws.Send.Json(new StrictBid(2), AppJson.Default.StrictBid));

        Assert.Equal(new StrictBid(2), client.ExpectJson(AppJson.Default.StrictBid));
    }

    [Fact]
    public void A_server_and_a_client_exchange_values()
    {
        var listener = new WebSocketTestKit(this).Listen();
        Sys.WebSockets().Clients.Tell(
            new Ws.Connect("ws://127.0.0.1:8080/", Handler.Ref) { Source = listener.Ref }, TestActor);
        var server = listener.ExpectConnect();
        Handler.ExpectOpened();

        server.SendJson(new StrictBid(1), AppJson.Default.StrictBid);
        Assert.Equal(new StrictBid(1), Handler.ExpectJson(AppJson.Default.StrictBid));
        Handler.Tell(Ws.Send.Json(new StrictBid(2), AppJson.Default.StrictBid));

        Assert.Equal(new StrictBid(2), server.ExpectJson(AppJson.Default.StrictBid));
    }

    [Theory]
    [InlineData("""{"amount":"many"}""", "text '{\"amount\":\"many\"}'; The JSON value could not be converted to")]
    [InlineData("null", "the document null")]
    public void A_failure_says_what_came(string text, string actual)
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();

        Handler.Tell(Ws.Send.Text(text));
        client.SendText(text);

        var expected = $"Expected JSON of StrictBid, but it was: {actual}";
        Assert.StartsWith(expected, FailureOf(() => client.ExpectJson(AppJson.Default.StrictBid)), StringComparison.Ordinal);
        Assert.StartsWith(expected, FailureOf(() => Handler.ExpectJson(AppJson.Default.StrictBid)), StringComparison.Ordinal);
    }

    [Fact]
    public void Binary_is_not_expected()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();

        client.SendBinary([1, 2]);

        Assert.Equal(
            "Expected JSON of StrictBid, but it was: a Binary message of 2 bytes",
            FailureOf(() => Handler.ExpectJson(AppJson.Default.StrictBid)));
    }

    [Fact]
    public void A_close_is_not_expected()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();

        Handler.Tell(new Ws.Close(4001, "enough"));

        Assert.Equal(
            "Expected JSON of StrictBid, but it was: a close with 4001 'enough'.",
            FailureOf(() => client.ExpectJson(AppJson.Default.StrictBid)));
    }

    private static string FailureOf(Func<object> expectation) => Assert.Throws<ExpectationException>(expectation).Message;
}
