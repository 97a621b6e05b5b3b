using Akka.Actor;
using WsActors.Protocol.Handshake;
using WsActors.Routing;

namespace WsActors.Tests;

/// <summary>Templates and tables of routes, without a connection.</summary>
public sealed class RouteTableTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a", "/a")]
    [InlineData("/a/", "/a/")]
    [InlineData("/a%62", "/ab")]
    [InlineData("/x/b", "/{p}/b", "p", "x")]
    [InlineData("/x/y", "/{p}/{q}", "p", "x", "q", "y")]
    [InlineData("/%7Bp%7D", "/{p}", "p", "{p}")]
    public void A_template_matches_a_path_and_reads_its_parameters(string path, string template, params string[] values)
    {
        Assert.True(new RouteTemplate(template).TryMatch(path, out var found));
        Assert.Equal(values.Chunk(2).ToDictionary(static pair => pair[0], static pair => pair[1]), found);
    }

    [Theory]
    [InlineData("/a", "/")]
    [InlineData("/", "/a")]
    [InlineData("/", "/{p}")]
    [InlineData("/a/", "/a")]
    [InlineData("/a", "/a/")]
    [InlineData("/A", "/a")]
    [InlineData("/a/b", "/{p}")]
    [InlineData("/a%2Fb", "/a/b")]
    [InlineData("/%", "/{p}")]
    [InlineData("/%FF", "/{p}")]
    public void A_template_does_not_fit(string path, string template) => Assert.False(new RouteTemplate(template).TryMatch(path, out _));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("/a?b")]
    [InlineData("/a#b")]
    [InlineData("/{}")]
    [InlineData("/a{p}")]
    [InlineData("/{p}b")]
    [InlineData("/{p")]
    [InlineData("/{p}/{p}")]
    public void An_invalid_template_is_refused_with_its_text(string template)
    {
        var refused = Assert.Throws<ArgumentException>(() => new RouteTemplate(template));

        Assert.Contains($"'{template}'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/{a}", "/{b}")]
    [InlineData("/x", "/x")]
    public void Two_routes_that_match_the_same_paths_are_refused(string first, string second)
    {
        var table = RouteTable.Empty.Map(first, Handler);

        Assert.Throws<ArgumentException>(() => table.Map(second, Handler));
        Assert.Throws<ArgumentException>(() => table.Map("/page", Handler).Get("/page", Page).Get("/page", Page));
    }

    [Fact]
    public void Two_routes_of_one_path_with_distinct_subprotocols_are_accepted()
    {
        var table = RouteTable.Empty.Map("/", Handler, Speaks("v1")).Map("/", Handler, Speaks("v2")).Map("/", Handler).Get("/", Page);

        Assert.Equal(4, table.Match("/").Count());
        Assert.Throws<ArgumentException>(() => table.Map("/", Handler, Speaks("v3", "v2")));
    }

    [Fact]
    public void Inline_excludes_sessions_and_shared_handlers()
    {
        var sessions = Assert.Throws<ArgumentException>(
            () => RouteTable.Empty.Map("/x", Handler, new WebSocketRouteOptions { Inline = true, Sessions = true }));
        var shared = Assert.Throws<ArgumentException>(
            () => RouteTable.Empty.MapShared("/x", ActorRefs.Nobody, new WebSocketRouteOptions { Inline = true }));

        Assert.Equal(
            "Route '/x' has sessions, whose handlers outlive connections and run on the thread pool; leave out Inline.",
            sessions.Message);
        Assert.Equal(
            "Route '/x' is served by a shared actor, which runs on its own dispatcher; leave out Inline, or use Map.",
            shared.Message);
    }

    [Fact]
    public void A_table_never_changes()
    {
        var table = RouteTable.Empty.Map("/a", Handler);

        table.Map("/b", Handler);

        Assert.Empty(table.Match("/b"));
        Assert.Empty(RouteTable.Empty.Match("/a"));
    }

    private static PlainResponse Page { get; } = PlainResponse.Text(200, "a page");

    private static Props Handler(UpgradeRequest request) => Props.Create<Echo>();

    private static WebSocketRouteOptions Speaks(params string[] subprotocols) => new() { Subprotocols = subprotocols };
}
