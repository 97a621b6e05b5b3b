namespace WsActors.EndToEnd.Tests.Samples;

/// <summary>The chat where topics are bounded more tightly than it needs.</summary>
public sealed class CrampedChatSpec() : SamplesSpec("ws-actors.topics.max-presence-size = 10B")
{
    [Fact]
    public void A_person_without_room_for_presence_data_is_closed_with_1008()
    {
        var ann = Kit.Connect("/chat/tea?name=Ann");
        ann.ExpectAnyText();

        ann.ExpectClose(1008);
    }
}
