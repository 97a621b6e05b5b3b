using System.Globalization;
using System.Text;
using WsActors.Protocol;
using WsActors.Protocol.Messages;
using WsActors.TestKit;

namespace WsActors.Tests.Client;

/// <summary>Random losses: the handler and the server's session see every message, once, in order.</summary>
public sealed class SessionLossSpec : SessionSpec
{
    private const int Messages = 60;

    private static readonly string[] All = [.. Enumerable.Range(1, Messages).Select(static i => $"{i}")];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Random_losses_lose_nothing_and_repeat_nothing(int seed)
    {
        var random = new Random(seed);
        var handler = CreateTestProbe();
        var (received, acked, sent, losses, delay) = (new List<string>(), new List<int>(), 0, 0, TimeSpan.Zero);
        Kit.Clients.Tell(new Ws.Connect(Uri, handler.Ref) { Source = Listener.Ref, Configure = KeepsSessionAndHurries }, TestActor);
        using var server = new ServerSession();
        server.Attach(Listener.ExpectConnect(Protocol));
        Kit.AwaitIdle();
        var client = ExpectMsg<Ws.Connected>().Connection;

        while (losses < 15 || received.Count < Messages || server.Received.Count < Messages || acked.Count < Messages)
        {
            switch (random.Next(8))
            {
                case 0 or 1 when sent < Messages: client.Tell(Ws.Send.Text($"{++sent}") with { Ack = sent }, handler.Ref); break;
                case 2 or 3 when server.Sent.Count < Messages: server.Send($"{server.Sent.Count + 1}"); break;
                case 4: server.Read(most: random.Next(5)); break;
                case 5: server.Acknowledge(); break;
                case 6: Kit.Advance(TimeSpan.FromMilliseconds(random.Next(300))); break;
                case 7 when losses < 15 && random.Next(3) == 0:
                    losses++;
                    server.Lose();
                    Kit.AwaitIdle();
                    Hear();
                    Kit.Advance(FirstTickAfter(delay));
                    server.Attach(Listener.ExpectConnect(Protocol));
                    break;
            }

            Kit.AwaitIdle();
            Hear();
        }

        Assert.Equal(All, received);
        Assert.Equal(All, server.Received);
        Assert.Equal(Enumerable.Range(1, Messages), acked);

        void Hear()
        {
            while (handler.HasMessages)
            {
                switch (handler.ReceiveOne(TimeSpan.Zero))
                {
                    case Ws.Received message: received.Add(message.Text); break;
                    case int ack: acked.Add(ack); break;
                    case Ws.Reconnecting next: delay = next.Delay; break;
                    case Ws.Opened: break;
                    case var other: Assert.Fail($"{other} was told."); break;
                }
            }
        }
    }

    private static ClientOptions KeepsSessionAndHurries(ClientOptions options) =>
        KeepsSession(options) with { Reconnect = options.Reconnect with { MinBackoff = Seconds(0.1), MaxBackoff = Seconds(0.1) } };

    /// <summary>The other end as the protocol describes it, and no more.</summary>
    private sealed class ServerSession : IDisposable
    {
        private ServerProbe? _socket;

        private StreamParser _parser = new(Role.Server, new MessageLimits());

        private Queue<string> _unread = [];

        public List<string> Sent { get; } = [];

        public List<string> Received { get; } = [];

        public void Attach(ServerProbe socket)
        {
            _parser.Dispose();
            (_socket, _parser, _unread) = (socket, new(Role.Server, new MessageLimits()), []);
            var hello = socket.ExpectAnyText();
            if (hello == "hello")
            {
                socket.SendText("welcome t e new 0");
                return;
            }

            Assert.StartsWith("hello t e ", hello, StringComparison.Ordinal);
            socket.SendText($"welcome t e true {Received.Count}");
            for (var i = int.Parse(hello[10..], CultureInfo.InvariantCulture) + 1; i <= Sent.Count; i++)
            {
                socket.SendText($"message {i}\n{Sent[i - 1]}");
            }
        }

        public void Send(string text)
        {
            Sent.Add(text);
            _socket!.SendText($"message {Sent.Count}\n{text}");
        }

        public void Acknowledge()
        {
            if (Received.Count > 0)
            {
                _socket!.SendText($"ack {Received.Count}");
            }
        }

        /// <summary>Handles some of the received messages.</summary>
        public void Read(int most)
        {
            ReadOnlySpan<byte> bytes = _socket!.Socket.ReadBytes();
            while (_parser.TryRead(ref bytes, out var fact))
            {
                Assert.Equal(StreamEventKind.Message, fact.Kind);
                _unread.Enqueue(Encoding.UTF8.GetString(fact.Payload.Span));
            }

            for (; most > 0 && _unread.TryDequeue(out var frame); most--)
            {
                if (frame.Split('\n') is [var header, var text])
                {
                    Assert.Equal($"message {Received.Count + 1}", header);
                    Received.Add(text);
                }
                else
                {
                    Assert.InRange(int.Parse(frame[4..], CultureInfo.InvariantCulture), 1, Sent.Count);
                }
            }
        }

        /// <summary>Resets the socket: unhandled messages are lost.</summary>
        public void Lose() => _socket!.Socket.Reset();

        public void Dispose() => _parser.Dispose();
    }
}
