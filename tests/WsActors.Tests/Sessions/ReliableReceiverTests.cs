using WsActors.Sessions.Subprotocol;

namespace WsActors.Tests.Sessions;

/// <summary>A reliable receiver takes each message once and in order, and counts those that are not acknowledged.</summary>
public sealed class ReliableReceiverTests
{
    private readonly ReliableReceiver _receiver = ReliableReceiver.CreateForClient();

    [Fact]
    public void The_next_message_is_taken_and_a_duplicate_is_ignored()
    {
        Assert.Equal((true, true), Take(1));
        Assert.Equal((true, true), Take(2));
        Assert.Equal((true, false), Take(1));
        Assert.Equal((true, false), Take(2));

        Assert.Equal((2L, 2), (_receiver.Last, _receiver.Unacknowledged));
    }

    [Fact]
    public void A_message_behind_a_gap_is_not_taken()
    {
        Assert.Equal((false, false), Take(2));
        Take(1);
        Assert.Equal((false, false), Take(3));

        Assert.Equal((1L, 1), (_receiver.Last, _receiver.Unacknowledged));
    }

    [Theory]
    [InlineData(31, 0, false)]
    [InlineData(32, 0, true)]
    [InlineData(1, (64 * 1024) - 1, false)]
    [InlineData(1, 64 * 1024, true)]
    public void A_client_owes_an_ack_at_once_after_32_messages_or_64_KiB(int messages, int bytes, bool isDue)
    {
        for (var offset = 1; offset <= messages; offset++)
        {
            Take(offset, bytes);
        }

        Assert.Equal(isDue, _receiver.IsFull);
        _receiver.Acknowledge(messages);
        Assert.False(_receiver.IsFull);
    }

    [Theory]
    [InlineData(15, 0, false)]
    [InlineData(16, 0, true)]
    [InlineData(2, (128 * 1024) - 1, false)]
    [InlineData(2, 128 * 1024, true)]
    public void A_server_is_full_at_16_messages_or_256_KiB(int messages, int bytes, bool isFull)
    {
        var receiver = ReliableReceiver.CreateForServer();
        for (var offset = 1; offset <= messages; offset++)
        {
            receiver.TryTake(offset, bytes, out _);
        }

        Assert.Equal(isFull, receiver.IsFull);
    }

    [Fact]
    public void An_ack_covers_all_messages_up_to_its_offset()
    {
        Take(1);
        Take(2);
        Take(3);

        _receiver.Acknowledge(2);
        Assert.Equal((3L, 1), (_receiver.Last, _receiver.Unacknowledged));
        _receiver.Acknowledge(1);
        Assert.Equal(1, _receiver.Unacknowledged);
        _receiver.Acknowledge(3);
        Assert.Equal(0, _receiver.Unacknowledged);
    }

    [Fact]
    public void A_server_continues_with_the_unhandled_messages_of_an_earlier_connection()
    {
        var receiver = ReliableReceiver.CreateForServer(last: 20, acknowledged: 4);
        Assert.Equal((20L, 16, true), (receiver.Last, receiver.Unacknowledged, receiver.IsFull));

        receiver.Acknowledge(5);

        Assert.False(receiver.IsFull);
        Assert.True(receiver.TryTake(21, 0, out var isNext));
        Assert.True(isNext);
    }

    private (bool IsComplete, bool IsNext) Take(long offset, int bytes = 0) => (_receiver.TryTake(offset, bytes, out var isNext), isNext);
}
