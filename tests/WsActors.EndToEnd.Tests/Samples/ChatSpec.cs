using System.Text.Json;
using WsActors.Server.Samples;
using WsActors.TestKit;
using WsActors.Tests.Sessions;

namespace WsActors.EndToEnd.Tests.Samples;

/// <summary>The chat's protocol, as its clients see it.</summary>
public sealed class ChatSpec : SamplesSpec
{
    [Fact]
    public void A_newcomer_is_welcomed_and_the_others_are_told()
    {
        var ann = Enter("Ann");
        ann.ExpectText(Welcome("Ann", "Ann"));

        var bob = Enter("Bob");

        bob.ExpectText(Welcome("Bob", "Ann", "Bob"));
        ann.ExpectText("""{"type":"joined","name":"Bob"}""");
    }

    [Fact]
    public void A_full_room_refuses_newcomers_and_its_people_may_return()
    {
        for (var i = 1; i < Chat.MaxPeople; i++)
        {
            Join(Kit.Connect("/echo"), new ChatPerson($"guest-{i}", Came: i, Tab: null));
        }

        Kit.Connect("/chat/tea?name=Ann&tab=hers").ExpectAnyText();
        Kit.AwaitIdle();

        Enter("Bob").ExpectClose(1013);
        Kit.Connect("/chat/tea?name=Ann&tab=hers").ExpectAnyText();
    }

    [Fact]
    public void A_line_is_told_to_all_including_its_speaker()
    {
        var (ann, bob) = AnnAndBob();

        ann.SendText("""{"type":"say","text":"hé <b> 千 😀"}""");

        Assert.Equal(("said", "Ann", "hé <b> 千 😀"), Said(ann.ExpectAnyText()));
        Assert.Equal(("said", "Ann", "hé <b> 千 😀"), Said(bob.ExpectAnyText()));
    }

    [Fact]
    public void A_leave_is_told_and_frees_the_name()
    {
        var (ann, bob) = AnnAndBob();

        bob.SendClose();

        ann.ExpectText("""{"type":"left","name":"Bob"}""");
        Enter("Bob").ExpectText(Welcome("Bob", "Ann", "Bob"));
    }

    [Fact]
    public void A_taken_name_gets_a_number_in_any_letter_case()
    {
        Enter("Ann").ExpectAnyText();

        Enter("ann").ExpectText(Welcome("ann-2", "Ann", "ann-2"));
    }

    [Fact]
    public void Of_two_concurrent_people_with_one_name_the_later_is_renamed()
    {
        var (ann, bob) = AnnAndBob();

        // A person of another node, whose presence arrives late.
        var sooner = Kit.Connect("/echo");
        Join(sooner, new ChatPerson("ann", Came: 1, Tab: null));

        ann.ExpectText("""{"type":"renamed","name":"Ann-2"}""");
        bob.ExpectText("""{"type":"joined","name":"Ann-2"}""");
        ann.SendText(Say("hi"));
        Assert.Equal(("said", "Ann-2", "hi"), Said(bob.ExpectAnyText()));
        Assert.Equal(("said", "Ann-2", "hi"), Said(ann.ExpectAnyText()));
        Enter("Cy").ExpectText(Welcome("Cy", "ann", "Ann-2", "Bob", "Cy"));
    }

    [Fact]
    public void The_first_person_keeps_the_name()
    {
        var (ann, bob) = AnnAndBob();

        Join(Kit.Connect("/echo"), new ChatPerson("Ann", long.MaxValue, Tab: null));

        ann.ExpectNothing();
        bob.ExpectNothing();
    }

    [Fact]
    public void A_restarted_handler_keeps_its_name()
    {
        var (ann, bob) = AnnAndBob();

        Sys.ActorSelection(ann.Connection.Path / "handler").Tell(
            new Presence.Joined { Topic = "chat/tea", Member = null!, IsFirst = true },
            TestActor);

        ann.ExpectText("""{"type":"welcome","name":"Ann","here":["Ann","Bob"]}""");
        bob.ExpectNothing();
    }

    [Fact]
    public void A_person_with_a_session_stays_without_a_socket_and_is_told_missed_lines_and_the_node()
    {
        var bob = Enter("Bob");
        bob.ExpectAnyText();
        var ann = SessionClient.Begin(Kit, "/chat/tea?name=Ann");
        ann.Expect(Welcome("Ann", "Ann", "Bob"));
        bob.ExpectText("""{"type":"joined","name":"Ann"}""");

        ann.Socket.Socket.Reset();
        bob.SendText(Say("are you there?"));
        Assert.Equal(("said", "Bob", "are you there?"), Said(bob.ExpectAnyText()));
        Assert.Equal("true", ann.Resume());

        Assert.Equal(("said", "Bob", "are you there?"), Said(ann.Next()));
        ann.Expect($$"""{"type":"served","node":"{{Environment.MachineName}}"}""");
        ann.Send(Say("always"));
        Assert.Equal(("said", "Ann", "always"), Said(ann.Next()));
        Assert.Equal(("said", "Ann", "always"), Said(bob.ExpectAnyText()));
    }

    [Fact]
    public void A_person_that_ends_the_session_leaves()
    {
        var bob = Enter("Bob");
        bob.ExpectAnyText();
        var ann = SessionClient.Begin(Kit, "/chat/tea?name=Ann");
        bob.ExpectText("""{"type":"joined","name":"Ann"}""");

        ann.Socket.SendClose();

        bob.ExpectText("""{"type":"left","name":"Ann"}""");
    }

    [Fact]
    public void A_tab_that_returns_before_its_old_connection_closed_replaces_it()
    {
        var before = Kit.Connect("/chat/tea?name=Ann&tab=one");
        before.ExpectAnyText();
        var bob = Enter("Bob");
        bob.ExpectAnyText();
        before.ExpectText("""{"type":"joined","name":"Bob"}""");

        var after = Kit.Connect("/chat/tea?name=Ann&tab=one");

        after.ExpectText(Welcome("Ann", "Ann", "Bob"));
        before.ExpectClose(Chat.TakenOver);
        before.SendClose(Chat.TakenOver);
        before.Socket.ExpectStopped();
        bob.ExpectNothing();
        after.SendText(Say("still me"));
        Assert.Equal(("said", "Ann", "still me"), Said(bob.ExpectAnyText()));
    }

    [Fact]
    public void Blank_text_is_ignored()
    {
        var (ann, bob) = AnnAndBob();

        ann.SendText("""{"type":"say","text":"  "}""");

        ann.ExpectNothing();
        bob.ExpectNothing();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"type":"say"}""")]
    [InlineData("""{"type":"say","text":3}""")]
    [InlineData("""{"type":"nay","text":"x"}""")]
    [InlineData("""{"type":"say","text":"\ud800"}""")]
    [InlineData("""{"type":"say","text":"x"} x""")]
    [InlineData("""{"type":"say","text":"x","deep":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[""")]
    public void An_invalid_message_is_closed_with_4400(string text)
    {
        var ann = Enter("Ann");
        ann.ExpectAnyText();

        ann.SendText(text);

        ann.ExpectClose(Chat.Refused);
    }

    [Fact]
    public void The_longest_text_is_accepted_and_one_more_character_is_closed_with_4400()
    {
        var ann = Enter("Ann");
        ann.ExpectAnyText();

        ann.SendText(Say(new string('x', Chat.MaxTextLength)));
        Assert.Contains("said", ann.ExpectAnyText(), StringComparison.Ordinal);
        ann.SendText(Say(new string('x', Chat.MaxTextLength + 1)));

        ann.ExpectClose(Chat.Refused);
    }

    [Fact]
    public void A_room_without_a_proper_name_is_closed_with_4400()
    {
        var client = Kit.Connect("/chat/%E2%80%AE?name=Ann");

        client.ExpectClose(Chat.Refused);
    }

    [Fact]
    public void No_join_is_lost_while_the_room_is_emptied_and_recreated()
    {
        for (var i = 0; i < 300; i++)
        {
            var ann = Enter("Ann");
            ann.ExpectText(Welcome("Ann", "Ann"));
            ann.SendClose();
            Kit.AwaitIdle();
        }
    }

    private ClientProbe Enter(string name)
    {
        var client = Kit.Connect($"/chat/tea?name={name}");
        Kit.AwaitIdle();
        return client;
    }

    private void Join(ClientProbe client, ChatPerson person) =>
        client.Connection.Tell(new Ws.Join("chat/tea") { PresenceData = person.PresenceData }, TestActor);

    private static string Welcome(string name, params string[] here) =>
        JsonSerializer.Serialize(new { type = "welcome", name, here, node = Environment.MachineName });

    private (ClientProbe Ann, ClientProbe Bob) AnnAndBob()
    {
        var ann = Enter("Ann");
        ann.ExpectAnyText();
        var bob = Enter("Bob");
        bob.ExpectAnyText();
        ann.ExpectText("""{"type":"joined","name":"Bob"}""");
        return (ann, bob);
    }

    private static (string? Type, string? Name, string? Text) Said(string json)
    {
        using var said = JsonDocument.Parse(json);
        return (Get("type"), Get("name"), Get("text"));

        string? Get(string name) => said.RootElement.GetProperty(name).GetString();
    }

    private static string Say(string text) => JsonSerializer.Serialize(new { type = "say", text });
}
