using Akka.Actor;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Tests.Sessions;

/// <summary>A reliable sender numbers its messages, keeps to its window, and sends again what the peer does not have.</summary>
public sealed class ReliableSenderTests
{
    private const long NoLimit = long.MaxValue;

    private readonly ReliableSender _sender = Create();

    [Fact]
    public void Messages_are_sent_in_order_with_their_offsets()
    {
        Append("a");
        Append("b");

        Assert.Equal("message 1\na", Send());
        Assert.Equal("message 2\nb", Send());
        Assert.Null(Send());
        Append("c");
        Assert.Equal("message 3\nc", Send());
    }

    [Fact]
    public void No_more_than_the_window_is_sent_ahead_of_the_acks()
    {
        Append("abc");
        Append("de");
        Append("f");
        Send(window: 5);
        Send(window: 5);
        Assert.Null(Send(window: 5));

        Assert.True(_sender.TryAcknowledge(1));

        Assert.Equal("message 3\nf", Send(window: 5));
    }

    [Fact]
    public void A_message_larger_than_the_window_is_sent_alone()
    {
        Append("a");
        Append("larger than the window");
        Append("b");
        Send(window: 5);
        Assert.Null(Send(window: 5));

        _sender.TryAcknowledge(1);

        Assert.NotNull(Send(window: 5));
        Assert.Null(Send(window: 5));
    }

    [Fact]
    public void An_ack_covers_all_messages_up_to_its_offset_and_tells_their_senders_once()
    {
        var asker = new Recorder();
        foreach (var text in (string[])["a", "b", "c"])
        {
            _sender.Append(Ws.Send.Text(text) with { Ack = text }, asker, TimeSpan.Zero);
            Send();
        }

        Assert.True(_sender.TryAcknowledge(2));
        Assert.True(_sender.TryAcknowledge(1));

        Assert.Equal<object>(["a", "b"], asker.Messages);
        Assert.Equal((3L, 1), (_sender.Log.First, _sender.Log.Count));
        Assert.True(_sender.IsAckOwed);
    }

    [Fact]
    public void An_ack_of_a_message_that_was_not_sent_over_this_connection_is_refused()
    {
        Append("a");
        Append("b");
        Send();
        Assert.False(_sender.TryAcknowledge(2));
        Send();
        Assert.True(_sender.TryResume(0));

        Assert.False(_sender.TryAcknowledge(1));
        Assert.Equal(2, _sender.Log.Count);
    }

    [Fact]
    public void A_resume_sends_all_messages_behind_the_offset_again()
    {
        foreach (var text in (string[])["a", "b", "c"])
        {
            Append(text);
            Send();
        }

        Assert.True(_sender.TryResume(1));

        Assert.Equal("message 2\nb", Send());
        Assert.Equal("message 3\nc", Send());
        Assert.Equal(2, _sender.Log.Count);
    }

    [Fact]
    public void A_resume_behind_the_last_message_that_was_ever_sent_is_refused()
    {
        Append("a");
        Append("b");
        Send();

        Assert.False(_sender.TryResume(2));
        Assert.True(_sender.TryResume(0));
        Assert.True(_sender.TryResume(1));
    }

    [Fact]
    public void A_resume_before_the_start_of_the_log_is_refused()
    {
        Append("a");
        Append("b");
        Send();
        _sender.TryAcknowledge(1);

        Assert.False(_sender.TryResume(0));
        Assert.True(_sender.TryResume(1));
    }

    [Fact]
    public void All_of_a_log_that_was_handed_over_may_have_been_sent()
    {
        var log = new SessionLog(last: 40);
        log.Append(Ws.Send.Text("a"), null, TimeSpan.Zero);
        log.Append(Ws.Send.Text("b"), null, TimeSpan.Zero);
        var sender = new ReliableSender(ActorRefs.Nobody, log);

        Assert.False(sender.TryResume(39));
        Assert.False(sender.TryResume(43));
        Assert.True(sender.TryResume(42));
    }

    [Fact]
    public void A_message_that_leaves_the_log_unsent_leaves_a_gap_and_one_that_was_sent_does_not()
    {
        var asker = new Recorder();
        _sender.Append(Ws.Send.Text("a") with { Ack = "a" }, asker, TimeSpan.Zero);
        Append("b");
        Send();

        _sender.FailFirst(Ws.SendFailure.QueueFull);
        Assert.False(_sender.HasGap);
        Assert.Equal(Ws.SendFailure.QueueFull, Assert.IsType<Ws.SendFailed>(Assert.Single(asker.Messages)).Reason);
        _sender.FailFirst(Ws.SendFailure.QueueFull);
        Assert.True(_sender.HasGap);
    }

    [Fact]
    public void The_end_of_the_session_fails_all_messages()
    {
        var asker = new Recorder();
        _sender.Append(Ws.Send.Text("sent") with { Ack = 1 }, asker, TimeSpan.Zero);
        Send();
        _sender.Append(Ws.Send.Text("waiting") with { Ack = 2 }, asker, TimeSpan.Zero);

        _sender.FailAll();

        Assert.Equal(0, _sender.Log.Count);
        Assert.All(asker.Messages, static one => Assert.Equal(Ws.SendFailure.Closed, ((Ws.SendFailed)one).Reason));
        Assert.Equal(2, asker.Messages.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Each_message_arrives_once_and_in_order_over_connections_that_break_at_random(int seed)
    {
        const int Messages = 2_000;
        var random = new Random(seed);
        var (receiver, arrived, asker) = (ReliableReceiver.CreateForClient(), new List<string>(), new Recorder());
        var (frames, acks, appended) = (new Queue<string>(), new Queue<long>(), 0);
        while (asker.Messages.Count < Messages)
        {
            switch (random.Next(100))
            {
                case < 40 when appended < Messages:
                    _sender.Append(Ws.Send.Text($"{appended}") with { Ack = appended++ }, asker, TimeSpan.Zero);
                    break;
                case < 60 when Send(window: 20) is { } frame: frames.Enqueue(frame); break;
                case < 80 when frames.TryDequeue(out var next):
                    var parts = next.Split(' ', '\n');
                    Assert.True(receiver.TryTake(long.Parse(parts[1]), parts[2].Length, out var isNext));
                    if (isNext)
                    {
                        arrived.Add(parts[2]);
                    }

                    break;
                case < 85:
                    receiver.Acknowledge(receiver.Last);
                    acks.Enqueue(receiver.Last);
                    break;
                case < 95 when acks.TryDequeue(out var ack): Assert.True(_sender.TryAcknowledge(ack)); break;
                case 99: // The connection breaks: all that is on its way is lost.
                    frames.Clear();
                    acks.Clear();
                    Assert.True(_sender.TryResume(receiver.Last));
                    break;
            }
        }

        Assert.Equal(Enumerable.Range(0, Messages).Select(static i => $"{i}"), arrived);
        Assert.Equal(Enumerable.Range(0, Messages).Cast<object>(), asker.Messages);
    }

    private static ReliableSender Create() => new(ActorRefs.Nobody, new SessionLog(overheadBytes: 0));

    private void Append(string text) => _sender.Append(Ws.Send.Text(text), null, TimeSpan.Zero);

    /// <summary>The next frame; null when none may be sent.</summary>
    private string? Send(long window = NoLimit) => _sender.TrySend(window, out var frame)
        ? System.Text.Encoding.UTF8.GetString(frame.Payload.Span)
        : null;

    /// <summary>A sender that keeps what it is told.</summary>
    private sealed class Recorder : MinimalActorRef
    {
        public List<object> Messages { get; } = [];

        public override ActorPath Path => Nobody.Instance.Path;

        public override IActorRefProvider Provider => throw new NotSupportedException();

        protected override void TellInternal(object message, IActorRef sender) => Messages.Add(message);
    }
}
