using System.Net;
using WsActors.Protocol;
using WsActors.TestKit;

namespace WsActors.Hosting.TestKit.Tests.Admin;

/// <summary>The token of an admin page that other machines reach.</summary>
public sealed class AdminTokenTests() : AdminSpec("ws://*:9090", new WebSocketAdminOptions { Token = Token })
{
    private const string Token = "correct horse battery staple";

    private const string Right = $$"""{"type":"token","token":"{{Token}}"}""";

    private const string Wrong = """{"token":"correct horse battery stapls","type":"token"}""";

    private static readonly IPAddress Attacker = IPAddress.Parse("192.0.2.66");

    [Fact]
    public void The_right_token_opens_the_page()
    {
        var page = Admin.Connect("/socket", "Origin: http://127.0.0.1:9090");
        Expect(page, "token");

        page.SendText(Right);

        Assert.Equal("token from 127.0.0.1", Expect(page, "welcome").GetProperty("who").GetString());
        Admin.Advance(TimeSpan.FromSeconds(20));
        page.SendText("""{"type":"overview","id":1}""");
        Expect(page, "overview");
        page.SendText(Right);
        Assert.Equal("the token comes once", page.ExpectClose(CloseCode.PolicyViolation));
        Assert.DoesNotContain(Logged, static line => line.Contains(Token, StringComparison.Ordinal));
    }

    [Fact]
    public void A_wrong_token_is_closed_with_4401_after_a_second_and_logged_without_it()
    {
        var page = Admin.Connect("/socket");
        Expect(page, "token");

        page.SendText(Wrong);
        page.SendText(Right);

        Admin.Advance(TimeSpan.FromSeconds(0.9));
        page.ExpectNothing();
        Admin.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("wrong token", page.ExpectClose(4401));
        Assert.Equal(
            "Warning: Admin: a wrong token from 127.0.0.1; 0 more since the last such line",
            Assert.Single(Logged, static line => line.Contains("token from", StringComparison.Ordinal)));
        Assert.DoesNotContain(Logged, static line => line.Contains("staple", StringComparison.Ordinal));
    }

    [Fact]
    public void A_page_without_a_token_is_closed_with_4401_after_five_seconds()
    {
        var page = Admin.Connect("/socket");
        Expect(page, "token");

        Admin.Advance(TimeSpan.FromSeconds(4.9));
        page.ExpectNothing();
        Admin.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal("no token came", page.ExpectClose(4401));
    }

    [Theory]
    [InlineData("""{"type":"overview","id":1}""")]
    [InlineData("""{"type":"kick","id":1,"user":"ann"}""")]
    public void Nothing_is_answered_before_the_token(string message)
    {
        var page = Admin.Connect("/socket");
        Expect(page, "token");

        page.SendText(message);

        Assert.Equal("the token comes first", page.ExpectClose(CloseCode.PolicyViolation));
    }

    [Fact]
    public void A_crowd_without_a_token_does_not_keep_the_operator_out()
    {
        var crowd = Enumerable.Range(0, 16).Select(_ => Open(Attacker)).ToList();
        Watch(crowd[0].Connection);

        var page = Open(IPAddress.Loopback);

        // It does not answer its close frame, and has no place among the node's connections any more.
        ExpectTerminated(crowd[0].Connection, cancellationToken: TestContext.Current.CancellationToken);
        page.SendText(Right);
        Expect(page, "welcome");
        crowd[1].ExpectNothing();
    }

    [Fact]
    public void A_host_with_many_addresses_of_IPv6_evicts_its_own_connections()
    {
        var page = Open(IPAddress.Loopback);
        var crowd = Enumerable.Range(1, 15).Select(static i => IPAddress.Parse($"2001:db8::{i:x}")).Select(Open).ToList();
        Watch(crowd[0].Connection);

        Open(IPAddress.Parse("2001:db8::ff"));

        ExpectTerminated(crowd[0].Connection, cancellationToken: TestContext.Current.CancellationToken);
        page.SendText(Right);
        Expect(page, "welcome");
    }

    [Fact]
    public void Guesses_that_do_not_answer_their_close_frames_hold_no_more_places_than_wait()
    {
        var guesses = Enumerable.Range(0, 16).Select(_ => Open(Attacker)).ToList();
        guesses.ForEach(static guess => guess.SendText(Wrong));
        Admin.Advance(TimeSpan.FromSeconds(1.5));
        guesses[0].ExpectClose(4401);
        Watch(guesses[0].Connection);

        Open(Attacker);

        ExpectTerminated(guesses[0].Connection, cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_failed_server_of_a_page_does_not_take_the_page_for_one_with_a_token()
    {
        var page = Open(IPAddress.Loopback);
        var handler = Sys.ActorSelection(page.Connection.Path / "handler");

        // Its request is null.
        handler.Tell(new Ws.Opened { Connection = page.Connection, Request = null! });

        Assert.Equal("the server of this page failed; connect again", page.ExpectClose(CloseCode.InternalError));
    }

    private ClientProbe Open(IPAddress from)
    {
        var client = Admin.Dial(from);
        client.RequestUpgrade("/socket");
        client.ExpectUpgrade();
        Expect(client, "token");
        return client;
    }
}
