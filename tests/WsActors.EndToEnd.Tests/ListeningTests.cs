using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using WsActors.Tests.Loopback;

namespace WsActors.EndToEnd.Tests;

/// <summary>
/// The program's port: as it opens, and when the program is full. A byte source listens and refuses in its own way, so both are asked.
/// </summary>
public sealed class ListeningTests
{
    /// <summary>Like clients of a restarted server. BindSpec tests the same independently of the moment.</summary>
    [Fact]
    public async Task A_client_that_waits_for_the_port_to_open_is_answered()
    {
        var port = FreePorts.One();
        var number = int.Parse(port, CultureInfo.InvariantCulture);
        using var patience = new CancellationTokenSource(Eventually.Patience);
        var answers = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => AskOnceItListensAsync(number, patience.Token)));
        await using var server = await ServerProcess.StartAsync("--listen", $"ws://127.0.0.1:{port}");

        Assert.All(await answers, static answer => Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Health_is_served_at_the_connection_limit_where_an_upgrade_gets_503()
    {
        await using var server = await ServerProcess.StartAsync("--set", "ws-actors.connections.max=1");
        using var only = await server.ConnectAsync("/echo");
        using var http = new HttpClient();

        using var refused = new ClientWebSocket();
        refused.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => refused.ConnectAsync(server.WebSocketUri("/echo"), CancellationToken.None));
        var ready = await http.GetAsync(server.HttpUri("/health/ready"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.HttpStatusCode);
        Assert.Equal(["5"], refused.HttpResponseHeaders!["Retry-After"]);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    private static async Task<string> AskOnceItListensAsync(int port, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await AskAsync(port, "GET /health/live HTTP/1.0\r\n\r\n");
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                await Task.Delay(1, cancellation);
            }
        }
    }

    internal static async Task<string> AskAsync(int port, string request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync().WaitAsync(Eventually.Patience);
    }
}
