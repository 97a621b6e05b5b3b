using System.Net;
using Akka.Actor;
using WsActors.Messages;
using WsActors.Sessions;

namespace WsActors.Tests.Sessions;

/// <summary>The limit of all logs of a node's sessions, and the order in which they are trimmed.</summary>
public sealed class SharedLogQuotaTests : Akka.TestKit.Xunit2.TestKit
{
    private readonly SessionQuota _budget = new(SessionQuotaTests.Settings("max-user-log-size = 800B, max-total-log-size = 1000B"));

    [Fact]
    public void A_user_above_the_user_limit_loses_its_own_messages()
    {
        var (one, other, bobs) = (Enter("ann"), Enter("ann"), Enter("bob"));

        one.Use(500);
        other.Use(300);
        Assert.Equal((false, true), (one.MustTrim(), one.IsExceededWith(1)));
        other.Use(1);

        Assert.Equal((true, true, false), (one.MustTrim(), other.MustTrim(), bobs.MustTrim()));
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Anonymous_logs_hold_at_most_half_and_large_detached_ones_are_trimmed_first()
    {
        var (small, large, reading, users) = (Enter(null), Enter(null), Enter(null), Enter("ann"));
        small.Detach(Seconds(1));
        large.Detach(Seconds(2));
        reading.Attach();
        users.Detach(Seconds(0));
        users.Use(490);
        small.Use(100);
        large.Use(150);
        reading.Use(250);
        Assert.False(reading.MustTrim());

        reading.Use(1);

        Assert.False(reading.MustTrim());
        ExpectShed(large);
        Assert.Equal((true, false, false), (large.MustTrim(), small.MustTrim(), users.MustTrim()));
        large.Use(-150);
        Assert.False(large.MustTrim());
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Of_equally_large_logs_the_one_detached_for_longest_is_trimmed()
    {
        var (later, longer, reading) = (Enter(null), Enter(null), Enter(null));
        later.Detach(Seconds(2));
        longer.Detach(Seconds(1));
        reading.Attach();
        later.Use(200);
        longer.Use(200);

        reading.Use(101);
        Assert.False(reading.MustTrim());

        ExpectShed(longer);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Then_the_largest_user_is_trimmed_and_none_below_an_equal_share()
    {
        var (large, small, anonymous) = (Enter("ann"), Enter("bob"), Enter(null));
        anonymous.Attach();
        anonymous.Use(200);
        large.Use(650);
        small.Use(150);
        Assert.False(small.MustTrim());

        small.Use(1);

        Assert.False(small.MustTrim());
        ExpectShed(large);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void The_largest_user_trims_its_own_log_until_the_claim_is_released()
    {
        var (mine, others) = (Enter("ann"), Enter("bob"));
        others.Use(300);
        mine.Use(701);

        Assert.True(mine.MustTrim());
        mine.Use(-700);
        Assert.True(mine.MustTrim());
        mine.Use(-1);
        Assert.False(mine.MustTrim());
        ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(300, _budget.Bytes);
    }

    [Fact]
    public void Claimed_bytes_count_as_removed()
    {
        var (away, mine) = (Enter(null), Enter("ann"));
        away.Detach(Seconds(1));
        away.Use(500);
        mine.Use(501);
        Assert.False(mine.MustTrim());
        ExpectShed(away);

        mine.Use(200);
        Assert.False(mine.MustTrim());
        ExpectNoMsg(TimeSpan.Zero);

        away.Release();
        Assert.Equal(701, _budget.Bytes);
        Assert.False(mine.IsExceededWith(99));
        Assert.True(mine.IsExceededWith(100));
    }

    [Fact]
    public void Concurrent_use_adds_up()
    {
        var budget = new SessionQuota(SessionQuotaTests.Settings("max-user-log-size = 100KiB, max-total-log-size = 20KiB"));
        var shares = new[] { null, "ann", null, "ann" }
            .Select(user => budget.AddExisting(SessionToken.New(user).Id, IPAddress.Loopback, ActorRefs.Nobody)).ToArray();

        Parallel.ForEach(shares, static share =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                share.Use(3);
                share.MustTrim();
                share.Use(-2);
            }
        });

        Assert.Equal(40_000, budget.Bytes);
        Array.ForEach(shares, static share => share.Release());
        Assert.Equal(0, budget.Bytes);
        var last = budget.AddExisting(SessionToken.New(null).Id, IPAddress.Loopback, ActorRefs.Nobody);
        Assert.False(last.IsExceededWith(10 * 1024));
        Assert.True(last.IsExceededWith((10 * 1024) + 1));
    }

    private SessionQuota.Share Enter(string? user) =>
        _budget.AddExisting(SessionToken.New(user).Id, IPAddress.Loopback, Sys.ActorOf(Props.Create<Forwarder>(TestActor)));

    private void ExpectShed(SessionQuota.Share share)
    {
        ExpectMsg<SessionMessages.TrimLog>();
        Assert.Equal(share.Session, LastSender);
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>Forwards a session's messages, in its own name.</summary>
    private sealed class Forwarder(IActorRef test) : UntypedActor
    {
        protected override void OnReceive(object message) => test.Tell(message, Self);
    }
}
