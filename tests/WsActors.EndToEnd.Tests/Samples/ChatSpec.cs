using System.Text.Json;
using Akka.Actor;
using WsActors.Server.Samples;
using WsActors.TestKit;

namespace WsActors.EndToEnd.Tests.Samples;

/// <summary>The chat's protocol, as its clients see it.</summary>
public sealed class ChatSpec : SamplesSpec
{
    [Fact]
    public void A_newcomer_is_welcomed_and_the_others_are_told()
    {
        var ann = Enter("Ann");
        ann.ExpectText("""{"type":"welcome","name":"Ann","here":["Ann"]}""");

        var bob = Enter("Bob");

        bob.ExpectText("""{"type":"welcome","name":"Bob","here":["Ann","Bob"]}""");
        ann.ExpectText("""{"type":"joined","name":"Bob"}""");
    }

    [Fact]
    public void What_one_says_all_are_told_the_speaker_included()
    {
        var (ann, bob) = AnnAndBob();

        ann.SendText("""{"type":"say","text":"hé <b> 千 😀"}""");

        Assert.Equal(("said", "Ann", "hé <b> 千 😀"), Said(ann.ExpectAnyText()));
        Assert.Equal(("said", "Ann", "hé <b> 千 😀"), Said(bob.ExpectAnyText()));
    }

    [Fact]
    public void Who_leaves_is_missed_and_the_name_is_free_again()
    {
        var (ann, bob) = AnnAndBob();

        bob.SendClose();

        ann.ExpectText("""{"type":"left","name":"Bob"}""");
        Enter("Bob").ExpectText("""{"type":"welcome","name":"Bob","here":["Ann","Bob"]}""");
    }

    [Fact]
    public void A_name_that_is_taken_gets_a_number_whatever_its_letter_case()
    {
        Enter("Ann").ExpectAnyText();

        Enter("ann").ExpectText("""{"type":"welcome","name":"ann-2","here":["Ann","ann-2"]}""");
    }

    [Fact]
    public void A_tab_that_comes_back_before_its_old_connection_has_gone_takes_its_place()
    {
        var before = Kit.Connect("/chat/tea?name=Ann&tab=one");
        before.ExpectAnyText();
        var bob = Enter("Bob");
        bob.ExpectAnyText();
        before.ExpectText("""{"type":"joined","name":"Bob"}""");

        var after = Kit.Connect("/chat/tea?name=Ann&tab=one");

        after.ExpectText("""{"type":"welcome","name":"Ann","here":["Ann","Bob"]}""");
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
    public void What_the_page_would_never_send_is_closed_with_4400(string text)
    {
        var ann = Enter("Ann");
        ann.ExpectAnyText();

        ann.SendText(text);

        ann.ExpectClose(Chat.Refused);
    }

    [Fact]
    public void The_longest_text_is_taken_and_one_character_more_is_closed_with_4400()
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
    public void An_empty_room_stops()
    {
        var ann = Enter("Ann");
        ann.ExpectAnyText();

        ann.SendClose();
        ann.Socket.ExpectStopped();

        AwaitCondition(() => ChildrenOf(ChatHub) == 0);
    }

    [Fact]
    public void A_failed_room_sends_its_people_away_with_1012_and_is_made_anew()
    {
        var ann = Enter("Ann");
        ann.ExpectAnyText();

        ChatHub.Tell(new Hub.Pass("tea", Kill.Instance));

        ann.ExpectClose(1012);
        ann.SendClose(1012);
        ann.Socket.ExpectStopped();
        Enter("Ann").ExpectText("""{"type":"welcome","name":"Ann","here":["Ann"]}""");
    }

    [Fact]
    public void No_join_is_lost_however_often_the_room_comes_and_goes()
    {
        for (var i = 0; i < 300; i++)
        {
            var ann = Enter("Ann");
            Assert.Contains("welcome", ann.ExpectAnyText(), StringComparison.Ordinal);
            ann.SendClose();
        }
    }

    private ClientProbe Enter(string name) => Kit.Connect($"/chat/tea?name={name}");

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
