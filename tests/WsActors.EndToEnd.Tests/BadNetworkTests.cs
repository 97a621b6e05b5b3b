using System.Text.Json;

namespace WsActors.EndToEnd.Tests;

/// <summary>The module <c>session.js</c> against the real program, over a network that cuts, delays and repeats.</summary>
public sealed class BadNetworkTests(Browser browser) : IClassFixture<Browser>
{
    private const int Cuts = 6;

    /// <summary>Both clients run <c>clients/node/echo.mjs</c>; the page's is bundled by esbuild, as an app's is.</summary>
    [NpmFact]
    public async Task Each_message_arrives_once_and_in_order_in_Node_and_in_Chromium()
    {
        await using var server = await ServerProcess.StartAsync();
        var networks = new[] { new BadNetwork(Cuts, seed: 1), new BadNetwork(Cuts, seed: 2) };
        await using var relayOfNode = new Relay(server, networks[0]);
        await using var relayOfPage = new Relay(server, networks[1]);

        var outputs = await Task.WhenAll(RunInNodeAsync(relayOfNode), RunInChromiumAsync(relayOfPage));

        Assert.All(outputs, static output =>
        {
            var result = JsonSerializer.Deserialize<JsonElement>(output);
            var (count, code) = (result.GetProperty("count").GetInt32(), result.GetProperty("code").GetInt32());
            Assert.Equal((300, true, 1000), (count, result.GetProperty("isInOrder").GetBoolean(), code));
            var recovered = result.GetProperty("recovered").EnumerateArray().Select(static each => each.ToString()).ToArray();
            Assert.Equal(["new", .. Enumerable.Repeat("True", recovered.Length - 1)], recovered);
        });
        Assert.All(networks, static network =>
        {
            Assert.Equal(0, network.CutsLeft);
            Assert.True(network.Repeated > 0);
        });
    }

    private static async Task<string> RunInNodeAsync(Relay relay) =>
        Assert.Single(await NodeClientTests.RunAsync("badnetwork.mjs", EchoOf(relay)));

    private async Task<string> RunInChromiumAsync(Relay relay)
    {
        var bundle = await NpmTool.RunAsync(
            NodeFactAttribute.Folder, "esbuild", "echo.mjs", "--bundle", "--format=iife", "--global-name=bundle", "--log-level=error");
        var page = await browser.NewPageAsync(new Uri(relay.Address, "/health/live"));
        return await page.EvaluateAsync<string>(
            $"async url => {{ {bundle} Math.random = () => 0.01; return JSON.stringify(await bundle.echo(url)); }}", EchoOf(relay));
    }

    private static string EchoOf(Relay relay) => new Uri(relay.Address, "/echo").ToString();
}
