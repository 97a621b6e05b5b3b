using System.Security.Claims;
using WsActors.Protocol;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>One notion of the user: the user in presence and lists is the one to find and to kick.</summary>
public sealed class UserSpec : WebSocketSpec
{
    [Theory]
    [InlineData("id-1", ClaimTypes.NameIdentifier, "id-1", "sub", "s-1", ClaimTypes.Name, "Ann")]
    [InlineData("s-1", "sub", "s-1", ClaimTypes.Name, "Ann")]
    [InlineData("s-1", "sub", "s-1")]
    [InlineData("Ann", ClaimTypes.Name, "Ann")]
    [InlineData("s-1", ClaimTypes.NameIdentifier, "", "sub", "s-1")]
    [InlineData(null, ClaimTypes.Name, "")]
    [InlineData(null, "email", "ann@example.com")]
    [InlineData(null)]
    public void A_user_is_the_name_identifier_or_sub_or_the_name(string? user, params string[] claims)
    {
        Assert.Equal(user, UserIdentity.From(Principal(claims, "test")));
        Assert.Equal(user, UserIdentity.From(Principal(claims, authenticationType: null)));
    }

    [Fact]
    public void Without_a_principal_there_is_no_user()
    {
        Assert.Null(UserIdentity.From(null));
        Assert.Null(UserIdentity.From(new ClaimsPrincipal()));
    }

    [Fact]
    public void A_user_known_by_sub_alone_is_listed_found_shown_and_kicked_by_it()
    {
        var kit = Serve(RouteTable.Empty.MapShared("/", Handler.Ref, new WebSocketRouteOptions { Guard = BySubject }));
        var client = Connect(kit, "s-1");
        var other = Connect(kit, "s-2");
        var filter = new Ws.ConnectionFilter { User = "s-1" };

        client.Connection.Tell(new Ws.Join("tea") { PresenceData = new Dictionary<string, string>() }, TestActor);
        kit.AwaitIdle();
        ExpectMsg<Ws.Joined>();
        Sys.WebSockets().Presence.Tell(new Presence.ListMembers("tea"), TestActor);
        Assert.Equal("s-1", Assert.Single(ExpectMsg<Presence.MemberList>().Members).User);
        client.Connection.Tell(Ws.GetStats.Instance, TestActor);
        Assert.Equal("s-1", ExpectMsg<Ws.Stats>().User);
        kit.Manager.Tell(new Ws.ListConnections(filter), TestActor);
        Assert.Equal(client.Connection, Assert.Single(ExpectMsg<Ws.ConnectionList>().Connections).Connection);
        kit.Manager.Tell(new Ws.Kick(filter), TestActor);
        Assert.Equal(new Ws.Kicked { Count = 1 }, ExpectMsg<Ws.Kicked>());

        client.ExpectClose(CloseCode.PolicyViolation);
        other.ExpectNothing();
    }

    private static Guard BySubject { get; } = static (request, _) =>
        Task.FromResult(GuardDecision.Accept(Principal(["sub", request.Http.Headers["X-Subject"]!], "test")));

    private static ClaimsPrincipal Principal(string[] claims, string? authenticationType) =>
        new(new ClaimsIdentity(claims.Chunk(2).Select(static pair => new Claim(pair[0], pair[1])), authenticationType));

    private static ClientProbe Connect(WebSocketTestKit kit, string subject)
    {
        var client = kit.Dial();
        client.RequestUpgrade("/", $"X-Subject: {subject}");
        client.ExpectUpgrade();
        kit.AwaitIdle();
        return client;
    }
}
