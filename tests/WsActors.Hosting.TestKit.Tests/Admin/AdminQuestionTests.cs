using System.Text.Json;
using WsActors.Protocol;
using WsActors.TestKit;

namespace WsActors.Hosting.TestKit.Tests.Admin;

/// <summary>The questions and the actions of an open admin page.</summary>
public sealed class AdminQuestionTests() : AdminSpec("ws://127.0.0.1:9090", new WebSocketAdminOptions { PageSize = 2 })
{
    private const string Script = "<script>alert(1)</script>\u202e\u001b[31m";

    [Fact]
    public void The_overview_has_the_counts_of_nodes_and_endpoints()
    {
        ConnectAll("ann", "bob");
        var page = Open();

        page.SendText("""{"type":"overview","id":7}""");

        var answer = Expect(page, "overview");
        Assert.Equal(7, answer.GetProperty("id").GetInt32());
        var node = Assert.Single(answer.GetProperty("nodes").EnumerateArray());
        Assert.Equal(3, node.GetProperty("open").GetInt32());
        Assert.Equal(
            [("ws://*:80", 2), ("ws://127.0.0.1:9090", 1)],
            node.GetProperty("endpoints").EnumerateArray()
                .Select(static one => (one.GetProperty("name").GetString()!, one.GetProperty("open").GetInt32()))
                .Order());
        Assert.Equal(0, answer.GetProperty("missing").GetArrayLength());
    }

    [Fact]
    public void Connections_are_filtered_sorted_and_paged()
    {
        ConnectAll("ann", "cy", "bob", "dora");
        var page = Open();

        var (first, next) = Ask(page, """{"type":"connections","id":1,"search":"ROOM","orderBy":"User"}""");
        var (second, end) = Ask(page, $$"""{"type":"connections","id":2,"search":"ROOM","orderBy":"User","after":{{next}}}""");
        var (last, _) = Ask(page, """{"type":"connections","id":3,"search":"room","orderBy":"User","descending":true}""");
        var (found, _) = Ask(page, """{"type":"connections","id":4,"search":"or"}""");
        var (none, _) = Ask(page, """{"type":"connections","id":5,"minQueued":1}""");

        Assert.Equal(["ann", "bob"], first);
        Assert.Equal(["cy", "dora"], second);
        Assert.Equal("null", end);
        Assert.Equal(["dora", "cy"], last);
        Assert.Equal(["dora"], found);
        Assert.Empty(none);
    }

    [Theory]
    [InlineData("""{"type":"connections","id":9,"after":"nonsense"}""")]
    [InlineData("""{"type":"connection","id":9,"connection":"nonsense"}""")]
    [InlineData("""{"type":"connection","id":9,"connection":"akka://test/user/none#x"}""")]
    [InlineData("""{"type":"close","id":9,"connection":"akka://test/user/none#99999999999999999999"}""")]
    [InlineData("""{"type":"count","id":9,"user":""}""")]
    [InlineData("""{"type":"kick","id":9,"user":""}""")]
    [InlineData("""{"type":"kick","id":9,"user":"ann","code":1006}""")]
    [InlineData("""{"type":"close","id":9,"connection":"nonsense"}""")]
    [InlineData("""{"type":"close","id":9,"connection":"akka://test/user/none#7","code":4003,"reason":"Lorem ipsum dolor sit amet, """
        + """consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. Ut enim."}""")]
    [InlineData("""{"type":"drain","id":9,"node":"nonsense"}""")]
    [InlineData("""{"type":"end","id":9,"session":"unknown"}""")]
    public void A_question_that_cannot_be_is_answered_with_a_sentence(string question)
    {
        var page = Open();

        page.SendText(question);

        var answer = Expect(page, "failed");
        Assert.Equal(9, answer.GetProperty("id").GetInt32());
        Assert.EndsWith(".", answer.GetProperty("reason").GetString(), StringComparison.Ordinal);
        page.ExpectNothing();
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("""{"type":"unknown","id":1}""")]
    [InlineData("""{"type":"overview"}""")]
    [InlineData("""{"type":"connections","id":1,"orderBy":"Nothing"}""")]
    [InlineData("""{"type":"kick","id":1,"user":null}""")]
    public void A_message_of_another_protocol_is_closed_with_1007(string message)
    {
        var page = Open();

        page.SendText(message);

        Assert.Equal("not a message of the admin page", page.ExpectClose(CloseCode.InvalidPayload));
    }

    [Fact]
    public void A_long_message_is_closed_with_1009()
    {
        var page = Open();

        page.SendText($$"""{"type":"topics","id":1,"prefix":"{{new string('x', 70_000)}}"}""");

        page.ExpectClose(CloseCode.MessageTooBig);
    }

    [Fact]
    public void A_long_name_of_a_user_is_cut_and_paged_by_and_its_connections_can_be_closed()
    {
        var longName = new string('x', 20_000);
        ConnectAll(longName + "1", longName + "2", longName + "3");
        var page = Open();

        var (first, next) = Ask(page, """{"type":"connections","id":1,"search":"room","orderBy":"User"}""");
        var (second, _) = Ask(page, $$"""{"type":"connections","id":2,"search":"room","orderBy":"User","after":{{next}}}""");

        var cut = longName[..255] + "…";
        Assert.Equal([cut, cut], first);
        Assert.Equal([cut], second);
        page.SendText("""{"type":"connections","id":3,"search":"room"}""");
        var row = Expect(page, "connections").GetProperty("rows")[0];
        Assert.False(row.GetProperty("canKick").GetBoolean());
        page.SendText($$"""{"type":"close","id":4,"connection":"{{row.GetProperty("connection").GetString()}}"}""");
        Expect(page, "done");
    }

    [Fact]
    public void Names_of_peers_are_escaped_for_HTML_and_for_the_log()
    {
        var evil = ConnectAs(Script);
        var page = Open();
        page.SendText("""{"type":"connections","id":1,"search":"script"}""");
        var text = page.ExpectAnyText();
        Assert.DoesNotContain("<", text, StringComparison.Ordinal);
        var row = JsonDocument.Parse(text).RootElement.GetProperty("rows")[0];
        Assert.Equal(Script, row.GetProperty("user").GetString());

        page.SendText(JsonSerializer.Serialize(new { type = "count", id = 2, user = Script }));
        Assert.Equal(1, Expect(page, "count").GetProperty("count").GetInt32());
        page.SendText(JsonSerializer.Serialize(new { type = "kick", id = 3, user = Script, code = 4003, reason = "<b>out\n</b>" }));

        Assert.Equal("1 connection was told to close.", Expect(page, "done").GetProperty("text").GetString());
        Assert.Equal("<b>out\n</b>", evil.ExpectClose(4003));
        Assert.Equal(
            [
                @"Information: Admin 127.0.0.1: close all of user <script>alert(1)</script>\u202e\u001b[31m with 4003 '<b>out\u000a</b>':"
                    + " asked",
                @"Information: Admin 127.0.0.1: close all of user <script>alert(1)</script>\u202e\u001b[31m with 4003 '<b>out\u000a</b>':"
                    + " 1 connection was told to close.",
            ],
            Logged.Where(static line => line.Contains("close all", StringComparison.Ordinal)));
    }

    [Fact]
    public void One_connection_is_looked_at_and_closed()
    {
        var (ann, bob) = (ConnectAs("ann"), ConnectAs("bob"));
        var page = Open();
        page.SendText("""{"type":"connections","id":1,"search":"ann"}""");
        var name = Expect(page, "connections").GetProperty("rows")[0].GetProperty("connection").GetRawText();

        page.SendText($$"""{"type":"connection","id":2,"connection":{{name}}}""");
        Assert.Equal("ann", Expect(page, "connections").GetProperty("rows")[0].GetProperty("user").GetString());
        page.SendText($$"""{"type":"close","id":3,"connection":{{name}},"reason":"bye"}""");
        Assert.Equal("1 connection was told to close.", Expect(page, "done").GetProperty("text").GetString());

        Assert.Equal("bye", ann.ExpectClose(CloseCode.PolicyViolation));
        ann.SendClose(CloseCode.PolicyViolation);
        bob.ExpectNothing();
        Admin.Advance(TimeSpan.FromMilliseconds(250));
        page.SendText($$"""{"type":"connection","id":4,"connection":{{name}}}""");
        Assert.Equal(0, Expect(page, "connections").GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public void A_tap_is_refused_while_taps_are_off()
    {
        ConnectAs("ann");
        var page = Admin.Connect("/socket", "Origin: http://127.0.0.1:9090");
        Assert.False(Expect(page, "welcome").TryGetProperty("tap", out _));
        page.SendText("""{"type":"connections","id":1,"search":"ann"}""");
        var name = Expect(page, "connections").GetProperty("rows")[0].GetProperty("connection").GetRawText();

        page.SendText($$"""{"type":"tap","id":2,"connection":{{name}}}""");

        Assert.StartsWith("Taps are off", Expect(page, "failed").GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_of_filters_is_one_question_and_then_the_newest()
    {
        var page = Open();

        for (var i = 1; i <= 40; i++)
        {
            page.SendText($$"""{"type":"connections","id":{{i}},"search":"{{i}}"}""");
        }

        Assert.Equal(1, Expect(page, "connections").GetProperty("id").GetInt32());
        page.ExpectNothing();
        Admin.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal(40, Expect(page, "connections").GetProperty("id").GetInt32());
        Admin.Advance(TimeSpan.FromSeconds(1));
        page.ExpectNothing();
        page.SendText("""{"type":"count","id":41,"user":"ann"}""");
        Expect(page, "count");
        for (var i = 1; i <= 50; i++)
        {
            page.SendText("""{"type":"count","id":42,"user":"ann"}""");
        }

        Assert.Equal("at most 50 messages a second", page.ExpectClose(CloseCode.PolicyViolation));
    }

    [Fact]
    public void A_page_that_does_not_read_is_sent_one_answer_of_each_type()
    {
        var page = Open();
        page.Socket.StopReading();

        for (var second = 0; second < 5; second++)
        {
            page.SendText($$"""{"type":"overview","id":{{second}}}""");
            Admin.Advance(TimeSpan.FromSeconds(1));
        }

        page.Socket.ResumeReading();
        Assert.Equal(0, Expect(page, "overview").GetProperty("id").GetInt32());
        Assert.Equal(4, Expect(page, "overview").GetProperty("id").GetInt32());
        page.ExpectNothing();
    }

    [Fact]
    public void A_drain_is_logged_with_its_counts()
    {
        var ann = ConnectAs("ann");
        var page = Open();
        page.SendText("""{"type":"overview","id":1}""");
        var counts = Expect(page, "overview").GetProperty("nodes")[0];
        var node = counts.GetProperty("node").GetProperty("address").GetRawText();
        Assert.False(counts.GetProperty("draining").GetBoolean());

        page.SendText($$"""{"type":"drain","id":2,"node":{{node}}}""");
        Admin.Advance(TimeSpan.FromMilliseconds(250));
        page.SendText("""{"type":"overview","id":3}""");
        Assert.True(Expect(page, "overview").GetProperty("nodes")[0].GetProperty("draining").GetBoolean());
        Admin.Advance(TimeSpan.FromMinutes(2));

        ann.ExpectClose(CloseCode.ServiceRestart);
        AwaitAssert(
            () => Assert.Contains(
                Logged,
                static line => line.Contains("Admin 127.0.0.1: drain", StringComparison.Ordinal)
                    && line.Contains("Drained: 2 connections were told to close", StringComparison.Ordinal)),
            cancellationToken: TestContext.Current.CancellationToken);
    }

    private ClientProbe Open()
    {
        var page = Admin.Connect("/socket", "Origin: http://127.0.0.1:9090");
        Expect(page, "welcome");
        return page;
    }

    /// <summary>Asks for a page of connections.</summary>
    /// <returns>The users, and the JSON of the cursor.</returns>
    private (IReadOnlyList<string?> Users, string Next) Ask(ClientProbe page, string question)
    {
        page.SendText(question);
        var answer = Expect(page, "connections");
        Admin.Advance(TimeSpan.FromMilliseconds(250));
        return (
            [.. answer.GetProperty("rows").EnumerateArray().Select(static row => row.GetProperty("user").GetString())],
            answer.TryGetProperty("next", out var next) ? next.GetRawText() : "null");
    }
}
