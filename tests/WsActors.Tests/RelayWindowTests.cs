using Akka.Actor;
using WsActors.Topics;

namespace WsActors.Tests;

/// <summary>The backpressure of nodes that have not acknowledged relayed publishes.</summary>
public sealed class RelayWindowTests
{
    private static readonly Address One = new("akka.tcp", "ws", "one", 1);

    private static readonly Address Other = new("akka.tcp", "ws", "other", 1);

    private readonly RelayWindow _window = new();

    [Fact]
    public void A_node_that_has_not_acknowledged_delays_later_publishes()
    {
        _window.OnAcknowledged(One, 0);

        _window.Tell(RelayWindow.MaxBytes);
        Assert.False(_window.IsFull);
        _window.Tell(1);

        Assert.True(_window.IsFull);
        _window.OnAcknowledged(One, 1);
        Assert.False(_window.IsFull);
    }

    [Fact]
    public void A_node_that_never_acknowledged_delays_no_publish()
    {
        _window.Tell(10 * RelayWindow.MaxBytes);

        Assert.False(_window.IsFull);
    }

    [Fact]
    public void A_removed_node_delays_no_publish()
    {
        _window.OnAcknowledged(One, 0);
        _window.Tell(2 * RelayWindow.MaxBytes);

        _window.Remove(One);

        Assert.False(_window.IsFull);
    }

    [Fact]
    public void A_node_silent_for_two_ticks_delays_no_publish_until_it_acknowledges_again()
    {
        _window.OnAcknowledged(One, 0);
        _window.Tick();
        _window.Tell(2 * RelayWindow.MaxBytes);

        _window.Tick();
        Assert.True(_window.IsFull);
        _window.Tick();
        Assert.False(_window.IsFull);
        _window.OnAcknowledged(One, 10);
        Assert.False(_window.IsFull);
        _window.OnAcknowledged(One, _window.Mark());
        _window.Tell(RelayWindow.MaxBytes + 1);
        Assert.True(_window.IsFull);
    }

    [Fact]
    public void A_slow_node_that_acknowledges_delays_publishes()
    {
        _window.OnAcknowledged(One, 0);
        _window.OnAcknowledged(Other, 0);
        _window.Tell(3 * RelayWindow.MaxBytes);
        _window.OnAcknowledged(Other, _window.Mark());

        for (var i = 1; i < 10; i++)
        {
            _window.Tick();
            _window.OnAcknowledged(One, i);
            Assert.True(_window.IsFull);
        }
    }

    [Fact]
    public void A_mark_is_sent_every_configured_number_of_bytes()
    {
        Assert.False(_window.Tell(1000));
        Assert.True(_window.HasUnmarked);
        Assert.True(_window.Tell(RelayWindow.MaxBytes / 8));

        _window.Mark();

        Assert.False(_window.HasUnmarked);
    }
}
