using System.Net;
using Akka.Actor;
using WsActors.Sessions;
using WsActors.Settings;

namespace WsActors.Tests.Sessions;

/// <summary>The limits of a node's sessions: of each user, of anonymous ones, of one address, and in all.</summary>
public sealed class SessionQuotaTests
{
    private static readonly string[] Anns = [.. Enumerable.Range(0, 4).Select(static _ => SessionToken.New("ann").Id)];

    private readonly SessionQuota _budget = new(Settings("max = 5, max-anonymous = 3, max-per-address = 2, max-per-user = 2"));

    [Fact]
    public void An_ended_session_holds_no_quota()
    {
        var one = Enter(Anns[0]);
        one.Use(60);

        one.Release();
        one.Release();

        Assert.Equal((0L, 0), (_budget.Bytes, _budget.Sessions));
    }

    [Fact]
    public void A_user_above_the_limit_loses_the_session_detached_for_longest()
    {
        var (first, second) = (Enter(Anns[0]), Enter(Anns[1]));
        first.Detach(TimeSpan.FromSeconds(2));
        second.Detach(TimeSpan.FromSeconds(1));

        Assert.NotNull(_budget.TryAdd(Anns[2], IPAddress.Loopback, ActorRefs.Nobody, out var evicted, out _));
        Assert.Same(second.Session, evicted);
        Assert.Equal(2, _budget.Sessions);
        second.Release();
        Assert.Equal(2, _budget.Sessions);
    }

    [Fact]
    public void A_user_whose_sessions_all_have_a_client_is_refused_a_new_one()
    {
        Enter(Anns[0]).Attach();
        Enter(Anns[1]).Attach();

        Assert.Equal("your user has as many sessions as it may (sessions.max-per-user)", RefusalOf(Anns[2]));
        Assert.Null(RefusalOf(SessionToken.New("bob").Id));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", false)]
    [InlineData("192.0.2.1", "192.0.2.2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", false)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", true)]
    [InlineData("255.255.255.255", "255.255.255.255", true)] // Of Unix sockets, none is known.
    public void Anonymous_sessions_of_one_address_are_limited(string first, string next, bool isTaken)
    {
        Begin(first);
        var second = Begin(first);
        second.Detach(TimeSpan.Zero);

        Assert.Equal(isTaken, RefusalOf(SessionToken.New(null).Id, next) is null);
        Assert.Null(RefusalOf(SessionToken.New("ann").Id, first));
        second.Release();
        Assert.Null(RefusalOf(SessionToken.New(null).Id, next));
    }

    [Fact]
    public void Anonymous_sessions_leave_room_for_users_and_all_have_one_cap()
    {
        Begin("192.0.2.1");
        Begin("192.0.2.2");
        Begin("192.0.2.3");

        Assert.Contains("sessions.max-anonymous", RefusalOf(SessionToken.New(null).Id, "192.0.2.4"), StringComparison.Ordinal);
        Enter(SessionToken.New("ann").Id);
        Enter(SessionToken.New("bob").Id);
        Assert.Contains("(sessions.max)", RefusalOf(SessionToken.New("cy").Id), StringComparison.Ordinal);

        Enter(SessionToken.New("moved").Id);
        Assert.Equal(6, _budget.Sessions);
    }

    [Fact]
    public void Before_the_hello_only_clients_without_a_session_are_refused()
    {
        Enter(Anns[0]);
        foreach (var user in new[] { "a", "b", "c", "d" })
        {
            Enter(SessionToken.New(user).Id);
        }

        Assert.Null(_budget.RefusalFor("ann", IPAddress.Loopback));
        Assert.NotNull(_budget.RefusalFor("eve", IPAddress.Loopback));
        Assert.NotNull(_budget.RefusalFor(null, IPAddress.Loopback));
        Enter(SessionToken.New(null).Id);
        Assert.Null(_budget.RefusalFor(null, IPAddress.Loopback));
    }

    internal static SessionSettings Settings(string hocon) => ManagerSettings.FromConfig(Akka.Configuration.ConfigurationFactory
        .ParseString($"ws-actors.sessions {{ {hocon} }}").WithFallback(WebSocketExtension.DefaultConfig)).Sessions;

    private SessionQuota.Share Enter(string id) => _budget.AddExisting(id, IPAddress.Loopback, ActorRefs.Nobody);

    private SessionQuota.Share Begin(string address) =>
        _budget.TryAdd(SessionToken.New(null).Id, IPAddress.Parse(address), ActorRefs.Nobody, out _, out _)!;

    private string? RefusalOf(string id, string address = "192.0.2.9")
    {
        _budget.TryAdd(id, IPAddress.Parse(address), ActorRefs.Nobody, out _, out var refusal)?.Release();
        return refusal;
    }
}
