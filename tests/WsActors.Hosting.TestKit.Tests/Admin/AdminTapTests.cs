using System.Text;
using System.Text.Json;
using Akka.Actor;
using WsActors.TestKit;

namespace WsActors.Hosting.TestKit.Tests.Admin;

/// <summary>The tap of an admin page, on a node that allows taps.</summary>
public sealed class AdminTapTests()
    : AdminSpec("ws://127.0.0.1:9090", hocon: "ws-actors { admin.allow-tap = on, keep-alive.ping-interval = 1h }")
{
    private const string Script = "<script>alert(1)</script>";

    [Fact]
    public void Frames_and_events_are_shown_without_payloads_until_the_page_stops_the_tap()
    {
        var (ann, page) = (ConnectAs("ann"), Open());
        var name = NameOf(page, "ann");

        Start(page, name);
        ann.SendText("hello");
        App.AwaitIdle();
        ann.Connection.Tell(Ws.Send.Binary(new byte[300]));
        App.AwaitIdle();
        page.SendText("""{"type":"endTap"}""");

        var (entries, end) = Told(page);
        Assert.Equal(
            ["frame Received Text True 5", "event HandlerTold 5", "frame Sent Binary True 300"],
            entries.Select(static one => one.GetProperty("type").GetString() == "frame"
                ? $"frame {one.GetProperty("direction")} {one.GetProperty("opcode")} {one.GetProperty("fin")} {one.GetProperty("length")}"
                : $"event {one.GetProperty("kind")} {one.GetProperty("count")}"));
        Assert.All(entries, static one => Assert.False(one.TryGetProperty("payload", out _)));
        Assert.Equal("2 frames, 1 event: stopped.", end);
        Assert.Equal(
            [
                $"Information: Admin 127.0.0.1: tap connection {name}: asked",
                $"Information: Admin 127.0.0.1: tap connection {name}: ended: 2 frames, 1 event: stopped.",
            ],
            Logged.Where(static line => line.Contains(": tap", StringComparison.Ordinal)));
        page.SendText("""{"type":"endTap"}""");
        page.ExpectNothing();
    }

    [Fact]
    public void Payloads_are_shown_if_asked_for_and_never_logged()
    {
        var (ann, page) = (ConnectAs("ann"), Open());

        Start(page, NameOf(page, "ann"), payload: true);
        ann.SendText(Script);
        ann.SendText(new string('x', 65));
        ann.SendClose(4001, Script);
        App.AwaitIdle();

        var (entries, end) = Told(page);
        Assert.Equal(
            [Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Script)), string.Concat(Enumerable.Repeat("78", 64))],
            entries.Where(static one => one.TryGetProperty("opcode", out var opcode) && opcode.GetString() == "Text")
                .Select(static one => one.GetProperty("payload").GetString()));
        var closed = Assert.Single(entries, static one => one.TryGetProperty("code", out _));
        Assert.Equal(
            (4001, Script, "Peer"),
            (closed.GetProperty("code").GetInt32(), closed.GetProperty("reason").GetString(), closed.GetProperty("by").GetString()));
        Assert.EndsWith("the connection has closed.", end, StringComparison.Ordinal);
        Assert.Contains(Logged, static line => line.EndsWith(" with payloads: asked", StringComparison.Ordinal));
        Assert.DoesNotContain(Logged, static line => line.Contains("script", StringComparison.Ordinal));
    }

    [Fact]
    public void A_page_has_one_tap_which_ends_at_its_time_or_by_another_operator()
    {
        ConnectAs("ann");
        var connection = ConnectAs("bob").Connection;
        var (page, other) = (Open(), Open());
        var (ann, bob) = (NameOf(page, "ann"), NameOf(page, "bob"));
        Start(page, ann);

        Assert.Equal("Another tap of this page still runs.", Refusal(page, bob));
        Assert.Equal("Another tap is on this connection.", Refusal(other, ann));
        Admin.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("0 frames, 0 events: 30 s are over.", Told(page).End);
        Start(page, bob);
        Start(other, ann);
        Admin.Manager.Tell(new Ws.EndTap(connection), TestActor);
        Assert.Equal("0 frames, 0 events: stopped by another operator.", Told(page).End);
    }

    [Theory]
    [InlineData("nonsense", "The text is not a connection.")]
    [InlineData("akka://test/user/none#7", "There is no such open connection.")]
    [InlineData(null, "A page cannot tap its own connection: each entry would make another.")]
    public void A_connection_that_has_no_tap_is_refused(string? connection, string reason)
    {
        var page = Open();

        Assert.Equal(reason, Refusal(page, connection ?? NameOf(page, "socket")));

        ConnectAs("ann");
        Start(page, NameOf(page, "ann"));
    }

    [Fact]
    public void The_name_of_a_connection_before_a_restart_is_not_that_of_another_client_after_it()
    {
        ConnectAs("ann");
        var page = Open();
        var name = NameOf(page, "ann");
        var earlier = $"{name[..name.IndexOf('#', StringComparison.Ordinal)]}#7";

        Assert.Equal("There is no such open connection.", Refusal(page, earlier));
        page.SendText(JsonSerializer.Serialize(new { type = "close", id = 3, connection = earlier, code = 1008, reason = "" }));
        Assert.Equal("0 connections were told to close.", Expect(page, "done").GetProperty("text").GetString());
        Start(page, name);
    }

    [Fact]
    public void A_page_that_does_not_read_is_sent_one_message_and_later_the_rest()
    {
        var (ann, page) = (ConnectAs("ann"), Open());
        Start(page, NameOf(page, "ann"));
        page.Socket.StopReading();

        // Each is a frame and an event.
        for (var i = 0; i < 250; i++)
        {
            ann.SendText("hello");
        }

        App.AwaitIdle();
        page.Socket.ResumeReading();

        List<int> counts = [];
        JsonElement message;
        while ((message = JsonDocument.Parse(page.ExpectAnyText()).RootElement).GetProperty("type").GetString() == "tapped")
        {
            counts.Add(message.GetProperty("entries").GetArrayLength());
        }

        Assert.Equal([1, 100, 100, 100, 100, 99], counts);
        Assert.Equal("250 frames, 250 events: 500 entries were shown.", message.GetProperty("text").GetString());
    }

    [Fact]
    public void A_tap_ends_with_its_page()
    {
        var (ann, page) = (ConnectAs("ann"), Open());
        var name = NameOf(page, "ann");
        Start(page, name);

        page.Socket.Reset();
        Admin.AwaitIdle();

        Start(Open(), name);
        Assert.Contains(Logged, line => line.EndsWith($"tap connection {name}: ended: the page has closed.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_node_that_is_silent_holds_no_tap_of_a_page()
    {
        ConnectAs("ann");
        var page = Open();
        var name = NameOf(page, "ann");
        Start(page, name);
        Sys.ActorSelection("/system/websockets-taps").Tell(PoisonPill.Instance);
        Admin.AwaitIdle();

        Admin.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal("The connection's node did not tell the end.", Told(page).End);
        Ask(page, name, payload: false);
        Admin.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("No answer came within 10 s.", Expect(page, "failed").GetProperty("reason").GetString());
    }

    private ClientProbe Open()
    {
        var page = Admin.Connect("/socket", "Origin: http://127.0.0.1:9090");
        Assert.Equal("""{"seconds":30,"entries":500,"payload":64}""", Expect(page, "welcome").GetProperty("tap").GetRawText());
        return page;
    }

    /// <summary>The name of the connection that a filter finds.</summary>
    private string NameOf(ClientProbe page, string search)
    {
        page.SendText($$"""{"type":"connections","id":1,"search":"{{search}}"}""");
        var rows = Expect(page, "connections").GetProperty("rows");
        Admin.Advance(TimeSpan.FromMilliseconds(250));
        return rows[0].GetProperty("connection").GetString()!;
    }

    private static void Ask(ClientProbe page, string connection, bool payload) =>
        page.SendText(JsonSerializer.Serialize(new { type = "tap", id = 2, connection, payload }));

    private static void Start(ClientProbe page, string connection, bool payload = false)
    {
        Ask(page, connection, payload);
        Assert.Equal(2, Expect(page, "done").GetProperty("id").GetInt32());
    }

    private static string? Refusal(ClientProbe page, string connection)
    {
        Ask(page, connection, payload: false);
        return Expect(page, "failed").GetProperty("reason").GetString();
    }

    /// <summary>All that a tap tells, and its last sentence.</summary>
    private static (List<JsonElement> Entries, string End) Told(ClientProbe page)
    {
        List<JsonElement> entries = [];
        while (true)
        {
            var message = JsonDocument.Parse(page.ExpectAnyText()).RootElement;
            Assert.Equal(2, message.GetProperty("id").GetInt32());
            if (message.GetProperty("type").GetString() == "tapEnded")
            {
                return (entries, message.GetProperty("text").GetString()!);
            }

            entries.AddRange(message.GetProperty("entries").EnumerateArray());
        }
    }
}
