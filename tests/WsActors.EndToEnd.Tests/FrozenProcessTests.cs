using System.Globalization;
using System.Net;
using WsActors.EndToEnd.Tests.Yardsticks;
using WsActors.Protocol.Frames;
using WsActors.Tests.Loopback;

namespace WsActors.EndToEnd.Tests;

/// <summary>
/// The program is stopped for seven seconds (SIGSTOP, as for a snapshot or by a container freezer). Its clients meet their five-second
/// deadlines meanwhile: their bytes are in its sockets when it resumes, and all connections stay open.
/// </summary>
public sealed class FrozenProcessTests
{
    private const int Clients = 30;

    private const int Arriving = 400;

    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(7);

    private static readonly string[] Deadlines = [.. SettingsOf(
        ("keep-alive.ping-interval", "1s"),
        ("keep-alive.pong-timeout", "5s"),
        ("progress.partial-frame-timeout", "5s"),
        ("progress.partial-message-timeout", "5s"),
        ("handshake.timeout", "5s"),
        ("guard.timeout", "4s"))];

    [LinuxTheory]
    [InlineData("sockets")]
    [InlineData("akka-io")]
    public async Task Clients_that_met_their_deadlines_survive_a_freeze(string transport)
    {
        await using var server = await ServerProcess.StartAsync([.. Deadlines, "--transport", transport]);
        var endPoint = new IPEndPoint(IPAddress.Loopback, server.Port);
        var (message, request) = (Wire.Text("a message in two pieces"), Wire.Request("/echo"));
        var (midFrame, pinged) = (await Connect(endPoint), await Connect(endPoint));
        foreach (var client in pinged)
        {
            Assert.Equal(Opcode.Ping, (await client.ReadFrame()).Opcode);
        }

        var midRequest = await Dial(endPoint);
        await Send(midFrame, message[..9]);
        await Send(midRequest, request[..30]);

        // Some are accepted as it stops, and no actor has taken them yet.
        var arriving = Enumerable.Range(0, Arriving).Select(_ => AskAsync(endPoint, request)).ToArray();
        await Task.WhenAll(arriving.Take(Arriving / 4));
        await server.FreezeAsync(
            Frozen,
            meanwhile: async () =>
            {
                await Send(pinged, Wire.Text("hello"));
                await Send(midFrame, message[9..]);
                await Send(midRequest, request[30..]);
            });

        await Task.WhenAll([.. midRequest.Select(static client => client.ReadUpgrade())]);
        await Task.WhenAll([.. (await Task.WhenAll(arriving)).Select(static client => client.ReadUpgrade())]);
        await Task.WhenAll([.. pinged.Select(static client => ExpectText(client, "hello"))]);
        await Task.WhenAll([.. midFrame.Select(static client => ExpectText(client, "a message in two pieces"))]);
        foreach (var client in midRequest.Concat(pinged).Concat(midFrame).Concat(arriving.Select(static one => one.Result)))
        {
            client.Dispose();
        }
    }

    private static IEnumerable<string> SettingsOf(params (string Key, string Value)[] settings) =>
        settings.SelectMany(
            static one => new[] { "--set", string.Create(CultureInfo.InvariantCulture, $"ws-actors.{one.Key}={one.Value}") });

    private static async Task<RawClient[]> Dial(IPEndPoint server) =>
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => RawClient.Dial(server)));

    private static async Task<RawClient> AskAsync(IPEndPoint server, byte[] request)
    {
        var client = await RawClient.Dial(server);
        await client.Send(request);
        return client;
    }

    private static async Task<RawClient[]> Connect(IPEndPoint server) =>
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => RawClient.Connect(server, "/echo")));

    private static Task Send(RawClient[] clients, byte[] bytes) => Task.WhenAll(clients.Select(client => client.Send(bytes)));

    private static async Task ExpectText(RawClient client, string text)
    {
        var frame = await client.ReadFrame();
        while (frame.Opcode == Opcode.Ping)
        {
            frame = await client.ReadFrame();
        }

        Assert.Equal((Opcode.Text, text), (frame.Opcode, frame.Text));
    }
}
