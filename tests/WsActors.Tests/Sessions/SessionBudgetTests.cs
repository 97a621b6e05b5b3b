using Akka.Actor;
using WsActors.Manager;
using WsActors.Sessions;

namespace WsActors.Tests.Sessions;

/// <summary>What the sessions of a node may hold: each user's, and all together.</summary>
public sealed class SessionBudgetTests
{
    private static readonly string[] Ids = [.. new[] { "ann", "ann", "ann", "bob" }.Select(static user => SessionToken.New(user).Id)];

    private readonly SessionBudget _budget = new(Settings("max-user-log-size = 100B, max-total-log-size = 150B, max-per-user = 2"));

    [Fact]
    public void A_user_may_hold_so_much_and_all_together_no_more_than_so_much()
    {
        var (one, other, bobs) = (Enter(0), Enter(1), Enter(3));

        one.Use(60);
        other.Use(40);
        Assert.Equal((false, true), (one.IsExceeded, one.IsExceededWith(1)));
        Assert.False(bobs.IsExceeded);

        bobs.Use(50);
        Assert.Equal((false, true), (bobs.IsExceeded, bobs.IsExceededWith(1)));
        bobs.Use(1);
        Assert.True(one.IsExceeded);

        other.Use(-40);
        Assert.Equal((false, 111), (one.IsExceeded, _budget.Bytes));
    }

    [Fact]
    public void What_is_over_holds_nothing()
    {
        var one = Enter(0);
        one.Use(60);

        one.Leave();
        one.Leave();

        Assert.Equal((0L, 0), (_budget.Bytes, _budget.Sessions));
        Assert.False(Enter(1).IsExceededWith(100));
    }

    [Fact]
    public void Of_too_many_sessions_the_one_goes_that_is_without_a_client_for_longest()
    {
        var (first, second) = (Enter(0), Enter(1));
        first.Detach(TimeSpan.FromSeconds(2));
        second.Detach(TimeSpan.FromSeconds(1));

        Assert.NotNull(_budget.TryEnter(Ids[2], ActorRefs.Nobody, out var evicted));
        Assert.Same(second.Session, evicted);
        Assert.Equal(2, _budget.Sessions);
    }

    [Fact]
    public void Where_each_has_a_client_a_new_one_is_refused()
    {
        Enter(0).Attach();
        Enter(1).Attach();

        Assert.Null(_budget.TryEnter(Ids[2], ActorRefs.Nobody, out var evicted));
        Assert.Null(evicted);
        Assert.NotNull(_budget.TryEnter(Ids[3], ActorRefs.Nobody, out _));
    }

    [Fact]
    public void What_many_threads_use_adds_up()
    {
        var shares = new[] { Enter(0), Enter(1), Enter(3) };

        Parallel.ForEach(shares, static share =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                share.Use(3);
                share.Use(-2);
            }
        });

        Assert.Equal(30_000, _budget.Bytes);
    }

    private SessionBudget.Share Enter(int session) => _budget.Enter(Ids[session], new Named());

    internal static SessionSettings Settings(string hocon) => ManagerSettings.From(Akka.Configuration.ConfigurationFactory
        .ParseString($"ws-actors.sessions {{ {hocon} }}").WithFallback(WebSocketExtension.DefaultConfig)).Sessions;

    private sealed class Named : MinimalActorRef
    {
        public override ActorPath Path { get; } = ActorPath.Parse("akka://test/user/session");

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}
