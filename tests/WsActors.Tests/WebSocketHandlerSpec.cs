using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>The optional base class: one method for each event, and no more messages than it can deal with.</summary>
public sealed class WebSocketHandlerSpec : WebSocketSpec
{
    [Fact]
    public void Each_event_has_its_method()
    {
        var client = Connect(Props.Create<Sample>(TestActor));

        client.ExpectText("Welcome");
        client.SendText("hi");
        client.SendBinary([1, 2]);
        client.Connection.Tell(Ws.Ping.Instance, Child(client));
        client.SendFrame(Opcode.Pong, client.ExpectPing());
        client.SendClose(4001);

        ExpectMsg("opened /");
        ExpectMsg("text hi");
        ExpectMsg("binary 2");
        ExpectMsg("other Ponged");
        client.ExpectClose(4001);
        client.Socket.ExpectHangUp();
        ExpectMsg("closed 4001");
    }

    [Fact]
    public void No_more_messages_wait_in_its_mailbox_than_its_window()
    {
        var client = Connect(Props.Create<Sample>(TestActor));
        ExpectMsg("opened /");

        client.SendText("wait");
        ExpectMsg("text wait");
        for (var i = 0; i < 40; i++)
        {
            client.SendText($"{i}");
        }

        // One is being dealt with, three more are all that was asked for.
        AwaitAssert(() => Assert.Equal(3, Waiting(client)));
        client.Connection.Tell(new Identify(null), TestActor);
        ExpectMsg<ActorIdentity>();
        Assert.Equal(3, Waiting(client));
        Sample.GoOn.Release();
        for (var i = 0; i < 40; i++)
        {
            ExpectMsg($"text {i}");
        }
    }

    [Fact]
    public void A_message_counts_as_dealt_with_also_when_that_failed()
    {
        var client = Connect(Props.Create<Sample>(TestActor));
        ExpectMsg("opened /");

        for (var i = 0; i < 8; i++)
        {
            client.SendText("fail");
            ExpectMsg("resumed /");
        }

        client.SendText("after");
        ExpectMsg("text after");
    }

    [Fact]
    public void Whatever_behaviour_it_has_become_it_asks_for_more()
    {
        var client = Connect(Props.Create<Sample>(TestActor));
        ExpectMsg("opened /");

        client.SendText("become");
        for (var i = 0; i < 10; i++)
        {
            client.SendText($"{i}");
            ExpectMsg($"raw {i}");
        }
    }

    [Fact]
    public void What_it_stashes_is_not_dealt_with_so_that_its_stash_is_no_larger_than_its_window()
    {
        var client = Connect(Props.Create<Sample>(TestActor));
        ExpectMsg("opened /");

        client.SendText("stash");
        for (var i = 0; i < 10; i++)
        {
            client.SendText($"{i}");
        }

        // It has asked for four, dealt with one, and keeps the other three and the one that it asked for since.
        Assert.False(client.Socket.IsReadAskedFor);
        Child(client).Tell("unstash");

        ExpectMsg("stashed 4");
        for (var i = 0; i < 10; i++)
        {
            ExpectMsg($"text {i}");
        }
    }

    [Fact]
    public void Who_takes_no_binary_closes_with_1003()
    {
        var client = Connect(Props.Create<TextOnly>());

        client.SendText("hi");
        client.ExpectText("hi");
        client.SendBinary([1]);

        client.ExpectClose(CloseCode.UnsupportedData);
    }

    [Fact]
    public void Who_takes_no_text_closes_with_1003()
    {
        var client = Connect(Props.Create<BinaryOnly>());

        client.SendText("hi");

        client.ExpectClose(CloseCode.UnsupportedData);
    }

    [Fact]
    public void Chunks_have_their_method_too()
    {
        var kit = Serve(RouteTable.Empty.Map("/", _ => Props.Create<Sample>(TestActor), new RouteOptions { MaxChunkBytes = 16 }));
        var client = kit.Connect();
        ExpectMsg("opened /");

        client.SendBinary(new byte[100]);

        for (var i = 0; i < 6; i++)
        {
            ExpectMsg("chunk 16");
        }

        ExpectMsg("last 4");
    }

    [Fact]
    public void Any_other_actor_is_told_messages_as_they_come()
    {
        var client = ServeEach(Props.Create<Echo>()).Connect();

        for (var i = 0; i < 40; i++)
        {
            client.SendText($"{i}");
            client.ExpectText($"{i}");
        }
    }

    private ClientProbe Connect(Props handler) => ServeEach(handler).Connect();

    private static int Waiting(ClientProbe client) => ((ActorRefWithCell)Child(client)).Underlying.NumberOfMessages;

    private static IActorRef Child(ClientProbe client) => ((ActorRefWithCell)client.Connection).GetSingleChild("handler");

    /// <summary>Tells a probe what happens to it; stops in the middle of "wait".</summary>
    private sealed class Sample(IActorRef probe) : WebSocketHandler, IWithStash
    {
        public static readonly SemaphoreSlim GoOn = new(0);

        public IStash Stash { get; set; } = null!;

        protected override int Window => 4;

        protected override void OnOpened(Ws.Opened opened)
        {
            probe.Tell($"{(opened.Resumed ? "resumed" : "opened")} {opened.Request.Route}");
            if (!opened.Resumed)
            {
                Connection.Tell(Ws.Send.Text("Welcome"));
            }
        }

        protected override void OnText(string text)
        {
            switch (text)
            {
                case "fail": throw new InvalidOperationException("told to fail");
                case "become": Become(Raw); break;
                case "stash": Become(Stashing); break;
                case "wait":
                    probe.Tell("text wait");
                    Assert.True(GoOn.Wait(Eventually));
                    break;
                default: probe.Tell($"text {text}"); break;
            }
        }

        protected override void OnBinary(ReadOnlyMemory<byte> payload) => probe.Tell($"binary {payload.Length}");

        protected override void OnChunk(Ws.ReceivedChunk chunk) => probe.Tell($"{(chunk.IsLast ? "last" : "chunk")} {chunk.Payload.Length}");

        protected override void OnMessage(object message) => probe.Tell($"other {message.GetType().Name}");

        protected override void OnClosed(Ws.Closed closed) => probe.Tell($"closed {closed.Code}");

        private static TimeSpan Eventually => TimeSpan.FromMinutes(1);

        private void Raw(object message) => probe.Tell($"raw {(message as Ws.Received)?.Text}");

        private void Stashing(object message)
        {
            if (message is Ws.Received)
            {
                Stash.Stash();
            }
            else
            {
                probe.Tell($"stashed {Stash.Count}");
                UnbecomeStacked();
                Become(OnReceive);
                Stash.UnstashAll();
            }
        }
    }

    private sealed class TextOnly : WebSocketHandler
    {
        protected override void OnText(string text) => Connection.Tell(Ws.Send.Text(text));
    }

    private sealed class BinaryOnly : WebSocketHandler
    {
        protected override void OnBinary(ReadOnlyMemory<byte> payload) => Connection.Tell(Ws.Send.Binary(payload));
    }
}
