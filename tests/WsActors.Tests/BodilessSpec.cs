using WsActors.Protocol.Handshake;
using WsActors.Routing;

namespace WsActors.Tests;

/// <summary>Answers that have no body, and requests that must not have one.</summary>
public sealed class BodilessSpec : WebSocketSpec
{
    [Theory]
    [InlineData("HEAD /nothing HTTP/1.1", 404)]
    [InlineData("HEAD / HTTP/1.1", 426)]
    public void A_refusal_of_HEAD_has_a_length_and_no_body(string line, int status)
    {
        var client = Serve().Dial();

        client.SendRequest(line, "Host: a");

        Assert.NotEqual("0", client.ExpectResponse(status).Headers["Content-Length"]);
        Assert.Equal("", client.ReadBody());
    }

    [Fact]
    public void A_204_has_no_length()
    {
        var client = Serve(RouteTable.Empty.Get("/", new PlainResponse(204, [], default))).Dial();

        client.SendRequest("GET / HTTP/1.1", "Host: a");

        Assert.Null(client.ExpectResponse(204).Headers["Content-Length"]);
    }

    [Fact]
    public void A_POST_with_a_body_is_refused_for_its_method()
    {
        var client = Serve(RouteTable.Empty.Get("/", PlainResponse.Text(200, "here"))).Dial();

        client.SendRequest("POST / HTTP/1.1", "Host: a", "Content-Length: 3");

        Assert.Equal("GET, HEAD", client.ExpectResponse(405).Headers["Allow"]);
    }
}
