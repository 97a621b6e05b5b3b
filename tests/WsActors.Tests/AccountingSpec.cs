using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Akka.Actor;
using Akka.TestKit;
using WsActors.Protocol;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.Routing;
using WsActors.TestKit;
using WsActors.Tests.Loopback;

namespace WsActors.Tests;

/// <summary>
/// Messages of any size and policy, to a peer of any speed, with any end: the acknowledged ones arrived in order, every other sender was
/// told, and no message was counted twice.
/// </summary>
public sealed class AccountingSpec : WebSocketSpec
{
    private const int Budget = 200_000;

    private static readonly int Sessions = Measuring.IsAskedFor ? 150 : 40;

    private const int Steps = 120;

    [Theory]
    [InlineData(MessageCompression.Off)]
    [InlineData(MessageCompression.Shared)]
    [InlineData(MessageCompression.Dedicated)]
    public async Task Every_send_is_counted_as_sent_or_dropped(MessageCompression mode)
    {
        var first = Environment.TickCount & 0xFFFFFF;
        var handler = Sys.ActorOf(Props.Create<Sink>(_drops));
        var kit = Serve(RouteTable.Empty.MapShared("/", handler), options => options with
        {
            SendQueue = options.SendQueue with { MaxBytes = Budget },
            Compression = options.Compression with { Mode = mode },
        });
        for (var seed = first; seed < first + Sessions; seed++)
        {
            try
            {
                using var session = new Session(this, kit, new Random(seed), mode);
                session.Run();
                await handler.Ask<ActorIdentity>(new Identify(null), TestKitSettings.DefaultTimeout);
                session.Check(_drops);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}, {mode}: {e.Message}", e);
            }
        }

        Assert.Equal(0, Sys.WebSockets().RentedBuffers);
    }

    /// <summary>The drops that handlers were told, by connection.</summary>
    private readonly ConcurrentDictionary<IActorRef, long> _drops = new();

    /// <param name="Number">Its place in all that was sent.</param>
    /// <param name="Key">The conflation key; null for none.</param>
    /// <param name="IsDrop">Whether it may be dropped.</param>
    /// <param name="IsAsking">Whether its sender wants to be told.</param>
    private sealed record Sent(int Number, string? Key, bool IsDrop, bool IsAsking);

    /// <summary>One connection from its beginning to its end.</summary>
    private sealed class Session : IDisposable
    {
        private readonly WebSocketTestKit _kit;
        private readonly Random _random;
        private readonly ClientProbe _client;
        private readonly TestProbe[] _senders;
        private readonly List<Sent> _sent = [];
        private readonly List<int> _arrived = [];

        /// <summary>The outcomes that each sender was told.</summary>
        private readonly List<object>[] _words = [[], [], []];

        private readonly StreamParser _stream;

        /// <summary>Whether the server's close frame was received.</summary>
        private bool _isClosed;

        /// <summary>Whether its end has started: from then on any send may fail.</summary>
        private bool _isEnding;

        public Session(AccountingSpec spec, WebSocketTestKit kit, Random random, MessageCompression mode)
        {
            (_kit, _random) = (kit, random);
            _client = mode == MessageCompression.Off ? kit.Connect() : kit.Connect("/", "Sec-WebSocket-Extensions: permessage-deflate");
            var keepsContext = mode == MessageCompression.Dedicated;
            var inflater = mode == MessageCompression.Off
                ? null
                : new DeflateAgreement(keepsContext, keepsContext).CreateInflater(Role.Client);
            _stream = new StreamParser(
                Role.Client,
                new MessageLimits { MaxMessageBytes = Budget, MaxFragments = Steps, MaxInflateRatio = 2000 },
                inflater);
            _senders = [.. Enumerable.Range(0, 3).Select(_ => spec.CreateTestProbe())];
        }

        public void Run()
        {
            for (var step = 0; step < Steps; step++)
            {
                Step();
            }

            // Sources have their own timing: their work is over when every sender with an ack was told.
            _client.Socket.ResumeReading();
            HearSenders();
            _kit.AwaitIdle();
            ReadArrived();
            if (_isEnding || _isClosed || _random.Next(2) == 0)
            {
                End();
                _kit.Advance(Seconds(40));
                _client.Socket.ExpectStopped();
                Send();
                HearSenders();
            }

            _kit.AwaitIdle();
            ReadArrived();
        }

        private void HearSenders()
        {
            for (var i = 0; i < _senders.Length; i++)
            {
                // Dead letters are answered asynchronously, so the expected number of answers is awaited.
                var asked = _sent.Count(sent => sent.IsAsking && sent.Number % _senders.Length == i);
                _words[i].AddRange(_senders[i].ReceiveN(asked - _words[i].Count));
            }
        }

        public void Dispose()
        {
            _stream.Dispose();
            _client.Socket.Reset();
            _client.Socket.ExpectStopped();
        }

        private void Step()
        {
            switch (_random.Next(100))
            {
                case < 70: Send(); break;
                case < 78: _client.Socket.StopReading(); break;
                case < 86: _client.Socket.ReadOnce(); break;
                case < 92: _client.Socket.ResumeReading(); break;
                case < 95: _client.SendFrame(Opcode.Ping, [1, 2, 3]); break;
                case < 96: _kit.Advance(Seconds(0.5)); break;
                case < 97 when _random.Next(3) == 0: End(); break;
                default: _kit.AwaitIdle(); break;
            }
        }

        private void Send()
        {
            var number = _sent.Count;
            var policy = _random.Next(20) switch
            {
                0 => Ws.OverflowPolicy.Close,
                < 10 => Ws.OverflowPolicy.Drop,
                var n => Ws.OverflowPolicy.Conflate($"key {n % 4}"),
            };
            var kind = _random.Next(8);
            var isStream = kind == 0;
            var isAsking = isStream || _random.Next(3) > 0;
            var size = _random.Next(8) switch { 0 => _random.Next(100_000), < 4 => _random.Next(10_000), _ => _random.Next(200) };
            var sent = new Sent(number, policy.Key, policy.IsDrop, isAsking);
            _sent.Add(sent);
            var text = number.ToString(CultureInfo.InvariantCulture) + " " + new string((char)('a' + (number % 26)), size);
            var message = kind switch
            {
                0 => Ws.Send.Stream(MessageKind.Text, InParts(Encoding.UTF8.GetBytes(text), new Random(_random.Next()))),
                1 => Ws.Send.Prepared(PreparedMessage.Text(text)),
                _ => Ws.Send.Text(text),
            };
            message = message with { Overflow = policy, Ack = isAsking ? number : null };
            _client.Connection.Tell(message, _senders[number % _senders.Length].Ref);
        }

        /// <summary>
        /// A source that is quick or slow, and now and then fails before its first part; one in a hundred fails in the middle.
        /// </summary>
        private static async IAsyncEnumerable<ReadOnlyMemory<byte>> InParts(byte[] bytes, Random random)
        {
            var failsAt = random.Next(100) switch { 0 => bytes.Length / 2, < 10 => 0, _ => -1 };
            for (var (at, count) = (0, 0); at < bytes.Length; at += count)
            {
                if (failsAt >= 0 && at >= failsAt)
                {
                    throw new InvalidOperationException("as the test wants it");
                }

                if (random.Next(3) == 0)
                {
                    await Task.Yield();
                }

                count = Math.Min(bytes.Length - at, random.Next(bytes.Length / 3, bytes.Length));
                yield return bytes.AsMemory(at, count);
            }
        }

        private void End()
        {
            _isEnding = true;
            switch (_random.Next(6))
            {
                case 0: _client.Connection.Tell(new Ws.Close(), ActorRefs.NoSender); break;
                case 1: _client.Connection.Tell(Kill.Instance, ActorRefs.NoSender); break;
                case 2: _client.Socket.Reset(); break;
                case 3: _client.Socket.HalfClose(); break;
                case 4: _client.SendClose(); break;
                case 5: _client.Send([0xFF]); break;
            }
        }

        public void Check(ConcurrentDictionary<IActorRef, long> dropsOf)
        {
            var arrived = _arrived;
            Assert.Equal(arrived.Count, arrived.Distinct().Count());

            var acknowledged = new HashSet<int>();
            var failed = new Dictionary<int, Ws.SendFailure>();
            for (var i = 0; i < _senders.Length; i++)
            {
                foreach (var word in _words[i])
                {
                    var number = word is Ws.SendFailed failure ? (int)failure.Send.Ack! : (int)word;
                    Assert.Equal(i, number % _senders.Length);
                    Assert.True(
                        word is Ws.SendFailed f ? failed.TryAdd(number, f.Reason) : acknowledged.Add(number), $"{number} was told twice.");
                }
            }

            // Each sender with an ack is told one of the two, and no other actor anything.
            Assert.DoesNotContain(_senders, static sender => sender.HasMessages);
            Assert.Empty(acknowledged.Intersect(failed.Keys));
            Assert.Equal(
                _sent.Where(static sent => sent.IsAsking).Select(static sent => sent.Number),
                acknowledged.Concat(failed.Keys).Order());

            // Acknowledged messages arrived. Failed ones did not, unless the socket ended during their write.
            Assert.Empty(acknowledged.Except(arrived));
            Assert.All(failed, failure => Assert.True(failure.Value == Ws.SendFailure.Closed || !arrived.Contains(failure.Key)));

            // In order: each key's, and that of all that keep their place.
            Assert.All(
                arrived.Select(number => _sent[number]).GroupBy(static sent => sent.Key),
                static group => Assert.Equal(group.Select(static s => s.Number).Order(), group.Select(static s => s.Number)));

            // The handler was told the drops of messages with an ack, and all drops if none failed for another reason.
            var missing = _sent.Where(sent => !arrived.Contains(sent.Number)).ToList();
            var drops = dropsOf.GetValueOrDefault(_client.Connection);
            Assert.InRange(
                drops, failed.Values.Count(static reason => reason == Ws.SendFailure.Dropped), missing.Count(static sent => sent.IsDrop));
            if (!_isEnding && !_isClosed)
            {
                missing.RemoveAll(sent => failed.TryGetValue(sent.Number, out var reason) && reason == Ws.SendFailure.SourceFailed);
                CheckAlive(missing, drops);
            }
        }

        /// <summary>While the connection is open, only dropped, replaced and failed messages are missing.</summary>
        private void CheckAlive(List<Sent> missing, long drops)
        {
            Assert.Equal(missing.Count(static sent => sent.IsDrop), drops);
            Assert.All(missing, static sent => Assert.True(sent.IsDrop || sent.Key is not null, $"{sent} did not arrive."));
            Assert.All(
                _sent.Where(static sent => sent.Key is not null).GroupBy(static sent => sent.Key),
                group => Assert.DoesNotContain(group.Last(), missing));
        }

        private void ReadArrived()
        {
            ReadOnlySpan<byte> bytes = _client.Socket.ReadBytes();
            while (_stream.TryRead(ref bytes, out var fact))
            {
                if (fact.Kind == StreamEventKind.Message)
                {
                    var text = Encoding.UTF8.GetString(fact.Payload.Span);
                    _arrived.Add(int.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture));
                }
                else if (fact.Kind == StreamEventKind.Close)
                {
                    _isClosed = true;
                }
            }
        }
    }

    /// <summary>A handler that counts the reported drops.</summary>
    private sealed class Sink(ConcurrentDictionary<IActorRef, long> dropsOf) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ws.Dropped dropped)
            {
                dropsOf.AddOrUpdate(dropped.Connection, dropped.Count, (_, sum) => sum + dropped.Count);
            }
        }
    }
}
