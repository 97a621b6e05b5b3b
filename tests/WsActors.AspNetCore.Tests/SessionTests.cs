using Microsoft.AspNetCore.Builder;
using WsActors.Routing;

namespace WsActors.AspNetCore.Tests;

/// <summary>A session, frame by frame, over the app's server.</summary>
public sealed class SessionTests
{
    private const string Subprotocol = "wsactors.session.v1";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_whose_stream_was_reset_resumes_without_loss(bool isHttp2)
    {
        await using var app = await App.StartAsync(
            static web => web.MapWebSocketActor<Echo>("/echo", new WebSocketRouteOptions { Sessions = true }), isHttp2);
        using var first = await RawClient.OpenAsync(app, "/echo", Subprotocol);
        await first.SayAsync("hello");
        var welcome = await HearAsync(first);
        Assert.Matches("^welcome [^ ]+ [^ ]+ new 0$", welcome);
        await first.SayAsync("message 1\none");
        Assert.Equal("message 1\none", await HearAsync(first));

        // The reset is close behind the message, which arrives or does not, as does the answer.
        await first.SayAsync("message 2\ntwo");
        first.Cancel();
        await app.EmptyAsync();

        using var second = await RawClient.OpenAsync(app, "/echo", Subprotocol);
        var (token, epoch) = (welcome.Split(' ')[1], welcome.Split(' ')[2]);
        await second.SayAsync($"hello {token} {epoch} 1");
        Assert.Matches($"^welcome {token} {epoch} true [12]$", await HearAsync(second));
        await second.SayAsync("message 2\ntwo");
        await second.SayAsync("message 3\nthree");
        Assert.Equal("message 2\ntwo", await HearAsync(second));
        Assert.Equal("message 3\nthree", await HearAsync(second));
        await second.SendCloseAsync(1000);
        Assert.Equal(1000, await second.ReadCloseAsync());
    }

    /// <summary>The next frame that is not an acknowledgement.</summary>
    private static async Task<string> HearAsync(RawClient client)
    {
        while (true)
        {
            var text = await client.HearAsync() ?? "";
            if (!text.StartsWith("ack ", StringComparison.Ordinal))
            {
                return text;
            }
        }
    }
}
