using System.Text;
using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests.Json;

/// <summary>The base class for handlers of JSON: values by demand, and a close for what does not fit.</summary>
public sealed class JsonWebSocketHandlerSpec : WebSocketSpec
{
    [Fact]
    public void Messages_arrive_as_values_and_are_answered()
    {
        var client = Connect();

        client.SendJson(new Bid("cup", 3), AppJson.Default.Bid);

        ExpectMsg(new Bid("cup", 3));
        Assert.Equal(new Bid("cup", 4), client.ExpectJson(AppJson.Default.Bid));
    }

    [Theory]
    [InlineData("", "expected Bid at $ (line 1, byte 1)")]
    [InlineData("{", "expected Bid at $ (line 1, byte 2)")]
    [InlineData("null", "expected Bid at $")]
    [InlineData("""{"item":"cup"}""", "expected Bid at $ (line 1, byte 15)")]
    [InlineData("""{"item":"cup","amount":"hunter2"}""", "expected Int32 at $.amount (line 1, byte 33)")]
    [InlineData("""{"item":"cup","amount":1} hunter2""", "expected Bid at $ (line 1, byte 27)")]
    [InlineData("""{"related":{"hunter2":{"amount":"hunter2"}}}""", "expected Int32 at $.related[*].amount (line 1, byte 42)")]
    public void A_message_that_is_not_JSON_of_the_type_is_closed_with_1007(string text, string reason)
    {
        var client = Connect();

        client.SendText(text);

        Assert.Equal(reason, client.ExpectClose(CloseCode.InvalidPayload));
        client.SendClose(CloseCode.InvalidPayload);
        ExpectMsg($"closed 1007 {reason}");
    }

    [Fact]
    public void A_message_that_is_too_deep_is_closed_with_1007()
    {
        var client = Connect();

        client.SendText($$"""{"item":"cup","amount":1,"note":{{new string('[', 64)}}""");

        Assert.Equal("expected Object at $.note (line 1, byte 96)", client.ExpectClose(CloseCode.InvalidPayload));
    }

    [Fact]
    public void A_message_as_large_as_the_limit_is_told_and_a_larger_one_is_closed_with_1009()
    {
        const int Limit = 1 << 20;
        var client = Connect();
        var frame = Encoding.UTF8.GetByteCount("""{"item":"","amount":1}""");

        client.SendText($$"""{"item":"{{new string('x', Limit - frame)}}","amount":1}""");
        Assert.Equal(Limit - frame, ExpectMsg<Bid>().Item.Length);
        client.ExpectAnyText();
        client.SendText($$"""{"item":"{{new string('x', Limit - frame + 1)}}","amount":1}""");

        client.ExpectClose(CloseCode.MessageTooBig);
    }

    [Fact]
    public void Messages_behind_a_refused_one_are_not_told()
    {
        var client = Connect();

        client.Send([.. Frame("""{"item":"cup","amount":1}"""), .. Frame("{}"), .. Frame("""{"item":"cup","amount":2}""")]);

        ExpectMsg(new Bid("cup", 1));
        client.ExpectJson(AppJson.Default.Bid);
        client.ExpectClose(CloseCode.InvalidPayload);
        client.SendClose(CloseCode.InvalidPayload);
        Assert.StartsWith("closed 1007", ExpectMsg<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_binary_message_is_closed_with_1003()
    {
        var client = Connect();

        client.Send([.. ClientProbe.Frame(Opcode.Binary, "{}"u8.ToArray()), .. Frame("""{"item":"cup","amount":2}""")]);

        client.ExpectClose(CloseCode.UnsupportedData);
        client.SendClose(CloseCode.UnsupportedData);
        Assert.StartsWith("closed 1003", ExpectMsg<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_handler_may_read_binary_messages_as_well()
    {
        var client = ServeEach(Props.Create<Decoder>(TestActor)).Connect();

        client.SendBinary("""{"item":"cup","amount":3}"""u8.ToArray());
        ExpectMsg(new Bid("cup", 3));
        client.SendBinary("3"u8.ToArray());

        client.ExpectClose(CloseCode.InvalidPayload);
    }

    [Fact]
    public void A_failure_restarts_the_handler_and_the_socket_stays_open()
    {
        var client = Connect();

        for (var i = 0; i < 8; i++)
        {
            client.SendJson(new Bid("fail", 1), AppJson.Default.Bid);
            ExpectMsg("restarted");
        }

        client.SendJson(new Bid("cup", 3), AppJson.Default.Bid);
        ExpectMsg(new Bid("cup", 3));
    }

    [Fact]
    public void A_failure_of_the_types_own_code_restarts_the_handler_as_well()
    {
        var client = Connect();

        client.SendText("""{"item":"cup","amount":3,"positive":-1}""");
        ExpectMsg("restarted");
        client.SendJson(new Bid("cup", 3), AppJson.Default.Bid);

        ExpectMsg(new Bid("cup", 3));
    }

    [Fact]
    public void No_more_messages_wait_in_its_mailbox_than_its_window()
    {
        var client = Connect();

        client.SendJson(new Bid("wait", 0), AppJson.Default.Bid);
        var gate = ExpectMsg<TaskCompletionSource>();
        for (var i = 1; i <= 40; i++)
        {
            client.SendJson(new Bid("cup", i), AppJson.Default.Bid);
        }

        // One is being handled; three more are the whole demand.
        AwaitAssert(() => Assert.Equal(3, Waiting(client)));
        gate.SetResult();
        for (var i = 1; i <= 40; i++)
        {
            Assert.Equal(i, ExpectMsg<Bid>().Amount);
        }
    }

    [Fact]
    public void Other_messages_have_a_method_of_their_own()
    {
        var client = Connect();

        Sys.ActorSelection(client.Connection.Path / "handler").Tell(4);

        ExpectMsg("other 4");
    }

    [Fact]
    public void A_chunk_closes_with_1011_and_the_log_says_why()
    {
        var kit = Serve(RouteTable.Empty.Map("/", Props.Create<Auction>(TestActor), new WebSocketRouteOptions { MaxChunkBytes = 16 }));
        var client = kit.Connect();

        EventFilter.Exception<Exception>(contains: "map Auction to a route without MaxChunkBytes").ExpectOne(() => client.SendText("{}"));

        client.ExpectClose(CloseCode.InternalError);
    }

    private ClientProbe Connect() => ServeEach(Props.Create<Auction>(TestActor)).Connect();

    private static int Waiting(ClientProbe client) =>
        ((ActorRefWithCell)((ActorRefWithCell)client.Connection).GetSingleChild("handler")).Underlying.NumberOfMessages;

    private static byte[] Frame(string text) => ClientProbe.Frame(Opcode.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>Forwards bids and events to a probe, and answers each bid with the next higher one.</summary>
    private sealed class Auction(IActorRef probe) : JsonWebSocketHandler<Bid>(AppJson.Default.Bid)
    {
        protected override int Window => 4;

        protected override void OnOpened(Ws.Opened opened)
        {
            if (opened.IsRestart)
            {
                probe.Tell("restarted");
            }
        }

        protected override void OnMessage(Bid message)
        {
            switch (message.Item)
            {
                case "fail": throw new InvalidOperationException("told to fail");
                case "wait":
                    var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    probe.Tell(gate);
                    RunTask(() => gate.Task);
                    break;
                default:
                    probe.Tell(message);
                    Connection.Tell(Ws.Send.Json(message with { Amount = message.Amount + 1 }, AppJson.Default.Bid));
                    break;
            }
        }

        protected override void OnMessage(object message) => probe.Tell($"other {message}");

        protected override void OnClosed(Ws.Closed closed) => probe.Tell($"closed {closed.Code} {closed.Reason}");
    }

    /// <summary>Reads binary messages as text.</summary>
    private sealed class Decoder(IActorRef probe) : JsonWebSocketHandler<Bid>(AppJson.Default.Bid)
    {
        protected override void OnMessage(Bid message) => probe.Tell(message);

        protected override void OnBinary(ReadOnlyMemory<byte> payload) => OnText(Encoding.UTF8.GetString(payload.Span));
    }
}
