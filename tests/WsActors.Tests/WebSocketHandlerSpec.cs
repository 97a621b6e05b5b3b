using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>The optional base class: one method for each event, and messages by demand.</summary>
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
        client.Socket.ExpectHalfClose();
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

        // One is being handled; three more are the whole demand.
        ExpectWaiting(client, 3);
        Sample.Gate.Release();
        for (var i = 0; i < 40; i++)
        {
            ExpectMsg($"text {i}");
        }
    }

    [Fact]
    public void A_message_counts_as_handled_even_after_a_failure()
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
    public void It_demands_more_in_any_behaviour()
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
    public void Stashed_messages_count_as_unhandled_so_the_stash_is_bounded_by_the_window()
    {
        var client = Connect(Props.Create<Sample>(TestActor));
        ExpectMsg("opened /");

        client.SendText("stash");
        for (var i = 0; i < 10; i++)
        {
            client.SendText($"{i}");
        }

        // It has demanded four, handled one, and stashed the other three and the one demanded since.
        Assert.False(client.Socket.IsReadAskedFor);
        Child(client).Tell("unstash");

        ExpectMsg("stashed 4");
        for (var i = 0; i < 10; i++)
        {
            ExpectMsg($"text {i}");
        }
    }

    [Fact]
    public void A_message_handled_by_a_task_counts_when_the_task_completes()
    {
        var client = Connect(Props.Create<Patient>(TestActor));

        client.Send([.. Text("1"), .. Text("2")]);
        var first = ExpectMsg<TaskCompletionSource>();
        HearOut(client);

        // Its window is one, and that one is being handled.
        Assert.Equal(0, Waiting(client));
        first.SetResult();
        ExpectMsg("1 done");
        ExpectMsg<TaskCompletionSource>().SetException(new InvalidOperationException("as the test wants it"));
        client.SendText("3");
        ExpectMsg<TaskCompletionSource>().SetResult();
        ExpectMsg("3 done");
    }

    [Fact]
    public void A_message_stashed_and_unstashed_at_once_counts_once()
    {
        var client = Connect(Props.Create<Sample>(TestActor));
        ExpectMsg("opened /");

        for (var i = 0; i < 5; i++)
        {
            client.SendText("stash and unstash");
            ExpectMsg("unstashed");
        }

        client.SendText("wait");
        ExpectMsg("text wait");
        for (var i = 0; i < 10; i++)
        {
            client.SendText($"{i}");
        }

        ExpectWaiting(client, 3);
        Sample.Gate.Release();
        ExpectMsg("text 0");
    }

    [Theory]
    [InlineData("clear")]
    [InlineData("unstash none")]
    [InlineData("clear and put back")]
    public void A_message_dropped_from_the_stash_counts_as_handled(string how)
    {
        var client = Connect(Props.Create<Sample>(TestActor));
        ExpectMsg("opened /");

        client.SendText("stash");
        for (var i = 0; i < 10; i++)
        {
            client.SendText($"{i}");
        }

        Assert.False(client.Socket.IsReadAskedFor);
        Child(client).Tell(how);

        ExpectMsg("stashed 4");
        for (var i = how == "clear and put back" ? 0 : 4; i < 10; i++)
        {
            ExpectMsg($"text {i}");
        }

        client.SendText("wait");
        ExpectMsg("text wait");
        for (var i = 0; i < 10; i++)
        {
            client.SendText($"{i}");
        }

        ExpectWaiting(client, 3);
        Sample.Gate.Release();
        ExpectMsg("text 0");
    }

    [Fact]
    public void Messages_before_the_second_Opened_count()
    {
        var client = Connect(Props.Create<Plain>(TestActor).WithMailbox("unbounded"));
        ExpectMsg("opened");

        client.SendText("wait");
        ExpectMsg("waits");
        foreach (var text in new[] { "fail", "one", "two" })
        {
            client.SendText(text);
        }

        HearOut(client);
        Plain.Gate.Release();
        ExpectMsg("one");
        ExpectMsg("two");
        ExpectMsg("opened");

        client.SendText("wait");
        ExpectMsg("waits");
        for (var i = 0; i < 10; i++)
        {
            client.SendText($"{i}");
        }

        ExpectWaiting(client, 3);
        Plain.Gate.Release();
        ExpectMsg("0");
    }

    [Fact]
    public void A_handler_that_accepts_no_binary_closes_with_1003()
    {
        var client = Connect(Props.Create<TextOnly>());

        client.SendText("hi");
        client.ExpectText("hi");
        client.SendBinary([1]);

        client.ExpectClose(CloseCode.UnsupportedData);
    }

    [Fact]
    public void A_handler_that_accepts_no_text_closes_with_1003()
    {
        var client = Connect(Props.Create<BinaryOnly>());

        client.SendText("hi");

        client.ExpectClose(CloseCode.UnsupportedData);
    }

    [Fact]
    public void Chunks_have_their_method()
    {
        var kit = Serve(RouteTable.Empty.Map("/", _ => Props.Create<Sample>(TestActor), new WebSocketRouteOptions { MaxChunkBytes = 16 }));
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
    public void Any_other_actor_gets_messages_without_demand()
    {
        var client = ServeEach(Props.Create<Echo>()).Connect();

        for (var i = 0; i < 40; i++)
        {
            client.SendText($"{i}");
            client.ExpectText($"{i}");
        }
    }

    private ClientProbe Connect(Props handler) => ServeEach(handler).Connect();

    private static byte[] Text(string text) => ClientProbe.Frame(Opcode.Text, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>The connection has handled all its messages.</summary>
    private void HearOut(ClientProbe client)
    {
        client.Connection.Tell(new Identify(null), TestActor);
        ExpectMsg<ActorIdentity>();
    }

    private void ExpectWaiting(ClientProbe client, int messages)
    {
        AwaitAssert(() => Assert.Equal(messages, Waiting(client)));
        HearOut(client);
        Assert.Equal(messages, Waiting(client));
    }

    private static int Waiting(ClientProbe client) => ((ActorRefWithCell)Child(client)).Underlying.NumberOfMessages;

    private static IActorRef Child(ClientProbe client) => ((ActorRefWithCell)client.Connection).GetSingleChild("handler");

    /// <summary>Forwards its events to a probe; blocks in the middle of "wait".</summary>
    private sealed class Sample(IActorRef probe) : WebSocketHandler, IWithStash
    {
        public static readonly SemaphoreSlim Gate = new(0);

        private bool _isAgain;

        public IStash Stash { get; set; } = null!;

        protected override int Window => 4;

        protected override void OnOpened(Ws.Opened opened)
        {
            probe.Tell($"{(opened.IsRestart ? "resumed" : "opened")} {opened.Request.Route}");
            if (!opened.IsRestart)
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
                case "stash and unstash" when !_isAgain:
                    _isAgain = true;
                    Stash.Stash();
                    Stash.UnstashAll();
                    break;
                case "stash and unstash":
                    _isAgain = false;
                    probe.Tell("unstashed");
                    break;
                case "wait":
                    probe.Tell("text wait");
                    Assert.True(Gate.Wait(Eventually));
                    break;
                default: probe.Tell($"text {text}"); break;
            }
        }

        protected override void OnBinary(ReadOnlyMemory<byte> payload) => probe.Tell($"binary {payload.Length}");

        protected override void OnChunk(Ws.ReceivedChunk chunk) =>
            probe.Tell($"{(chunk.IsLast ? "last" : "chunk")} {chunk.Payload.Length}");

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
                Become(OnReceive);
                switch (message)
                {
                    case "clear": Stash.ClearStash(); break;
                    case "unstash none": Stash.UnstashAll(static _ => false); break;
                    case "clear and put back":
                        Stash.Prepend(Stash.ClearStash());
                        Stash.UnstashAll();
                        break;
                    default: Stash.UnstashAll(); break;
                }
            }
        }
    }

    /// <summary>Hands a probe the end of each task.</summary>
    private sealed class Patient(IActorRef probe) : WebSocketHandler
    {
        protected override int Window => 1;

        protected override void OnText(string text) => RunTask(async () =>
        {
            // The demand of its base class at the end of the receive comes before this.
            await Task.Yield();
            var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            probe.Tell(end);
            await end.Task;
            probe.Tell($"{text} done");
        });
    }

    /// <summary>Has no stash, so that it may have any mailbox.</summary>
    private sealed class Plain(IActorRef probe) : WebSocketHandler
    {
        public static readonly SemaphoreSlim Gate = new(0);

        protected override int Window => 4;

        protected override void OnOpened(Ws.Opened opened) => probe.Tell("opened");

        protected override void OnText(string text)
        {
            switch (text)
            {
                case "fail": throw new InvalidOperationException("told to fail");
                case "wait":
                    probe.Tell("waits");
                    Assert.True(Gate.Wait(TimeSpan.FromMinutes(1)));
                    break;
                default: probe.Tell(text); break;
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
