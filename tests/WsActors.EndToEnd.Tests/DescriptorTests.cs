using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.RegularExpressions;
using WsActors.EndToEnd.Tests.Yardsticks;
using WsActors.Tests.Loopback;

namespace WsActors.EndToEnd.Tests;

/// <summary>
/// A program with 400 descriptors, and more clients: it stays alive, logs the lack, and answers health requests. With too few to start, it
/// says so in one sentence.
/// </summary>
public sealed partial class DescriptorTests
{
    // The runtime raises the soft limit to the hard one as it starts; a shell sets both.
    private static readonly string[] With400Files = WithFiles(400);

    [LinuxTheory]
    [InlineData("sockets")]
    [InlineData("akka-io")]
    public async Task Health_and_new_clients_are_served_beside_six_hundred_half_open_sockets(string transport)
    {
        await using var server = await StartAsync(transport);
        List<Socket> halfOpen = [];
        try
        {
            for (var i = 0; i < 600; i++)
            {
                halfOpen.Add(Dial(server));
            }

            Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(server, "/health/live"));
            await EchoAsync(server);
            Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(server, "/health/live"));
        }
        finally
        {
            halfOpen.ForEach(static socket => socket.Dispose());
        }

        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(server, "/health/ready"));
        await EchoAsync(server);
        Assert.Contains(server.Output, static line => line.Contains("WRN ws://127.0.0.1:0 refused", StringComparison.Ordinal));
        Assert.InRange(server.Output.Count(static line => line.Contains("WRN", StringComparison.Ordinal)), 1, 100);
        Assert.Empty(server.Errors);
    }

    [LinuxTheory]
    [InlineData("sockets")]
    [InlineData("akka-io")]
    public async Task Health_is_served_at_the_descriptor_limit_and_places_are_freed(string transport)
    {
        await using var server = await StartAsync(transport);
        var most = int.Parse(MostWebSockets().Match(string.Join('\n', server.Output)).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(most, 16, 300);
        List<ClientWebSocket> clients = [];
        try
        {
            for (var i = 0; i < most; i++)
            {
                clients.Add(await server.ConnectAsync("/echo"));
            }

            var refused = await Assert.ThrowsAsync<WebSocketException>(() => server.ConnectAsync("/echo"));
            Assert.Contains("503", refused.Message, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(server, "/health/live"));
            await EchoAsync(clients[0], "still here");
        }
        finally
        {
            clients.ForEach(static client => client.Dispose());
        }

        await Eventually.Holds(() => TryConnect(server), static () => "no place came back");
    }

    /// <summary>The assemblies that a start loads take more.</summary>
    [LinuxTheory]
    [InlineData(50)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(170)]
    public async Task Too_few_files_to_start_are_one_sentence(int files)
    {
        var (exitCode, _, errors) = await ServerProcess.RunAsync(WithFiles(files), [], "--listen", "ws://127.0.0.1:0");

        Assert.Equal(1, exitCode);
        Assert.Equal(
            string.Create(
                CultureInfo.InvariantCulture,
                $"This process may have {files} files open, which are too few to start: ")
            + "raise the limit (ulimit -n, LimitNOFILE of systemd, --ulimit nofile of a container).",
            Assert.Single(errors));
    }

    private static string[] WithFiles(int most) =>
        ["sh", "-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -n {most} && exec \"$@\""), "sh"];

    private static Task<ServerProcess> StartAsync(string transport) => ServerProcess.StartAsync(With400Files, [], "--transport", transport);

    private static Socket Dial(ServerProcess server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, server.Port);
        return socket;
    }

    private static async Task<HttpStatusCode> StatusOfAsync(ServerProcess server, string path)
    {
        using var http = new HttpClient { Timeout = Eventually.Patience };
        using var response = await http.GetAsync(server.HttpUri(path));
        return response.StatusCode;
    }

    private static async Task EchoAsync(ServerProcess server)
    {
        using var client = await server.ConnectAsync("/echo");
        await EchoAsync(client, "hello");
    }

    private static async Task EchoAsync(ClientWebSocket client, string text)
    {
        await client.SendAsync(text);
        Assert.Equal(text, await client.ReceiveTextAsync());
    }

    private static bool TryConnect(ServerProcess server)
    {
        try
        {
            server.ConnectAsync("/echo").GetAwaiter().GetResult().Dispose();
            return true;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }

    [GeneratedRegex("At most ([0-9]+) WebSockets are taken")]
    private static partial Regex MostWebSockets();
}
