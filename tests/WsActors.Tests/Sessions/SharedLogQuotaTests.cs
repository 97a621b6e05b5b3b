using System.Net;
using Akka.Actor;
using WsActors.Messages;
using WsActors.Sessions;

namespace WsActors.Tests.Sessions;

/// <summary>What the logs of a node's sessions hold together, and whose go when it is too much.</summary>
public sealed class SharedLogQuotaTests : Akka.TestKit.Xunit2.TestKit
{
    private readonly SessionQuota _budget = new(SessionQuotaTests.Settings("max-user-log-size = 800B, max-total-log-size = 1000B"));

    [Fact]
    public void A_user_that_holds_too_much_loses_its_own()
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
    public void Anonymous_logs_hold_half_at_most_and_those_go_first_that_are_away_and_large()
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
    public void Of_equally_large_ones_the_one_goes_that_is_away_for_longest()
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
    public void Behind_those_the_user_goes_that_holds_most_and_nobody_that_holds_less_than_an_equal_part()
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
    public void Who_holds_most_itself_sheds_itself_until_nothing_is_left_that_had_to_go()
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
    public void What_has_to_go_is_as_good_as_gone()
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
    public void What_many_threads_use_adds_up()
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
        _budget.AddExisting(SessionToken.New(user).Id, IPAddress.Loopback, Sys.ActorOf(Props.Create<Told>(TestActor)));

    private void ExpectShed(SessionQuota.Share share)
    {
        ExpectMsg<SessionMessages.TrimLog>();
        Assert.Equal(share.Session, LastSender);
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>Passes on what a session is told, in its own name.</summary>
    private sealed class Told(IActorRef test) : UntypedActor
    {
        protected override void OnReceive(object message) => test.Tell(message, Self);
    }
}
