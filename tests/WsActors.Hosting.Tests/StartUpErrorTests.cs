using System.Net;
using System.Net.Sockets;
using Akka.Configuration;
using Akka.Hosting;

namespace WsActors.Hosting.Tests;

/// <summary>Whatever keeps a host from serving fails its start with one sentence that names the cause.</summary>
public sealed class StartUpErrorTests
{
    [Fact]
    public async Task A_port_in_use_fails_the_start()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var endpoint = $"ws://{taken.LocalEndPoint}";

        var error = await StartFailsWith<BindFailedException>(ws => ws.Listen(endpoint));

        Assert.Equal($"Cannot listen on {endpoint}: the port is in use; stop the program that has it or choose another port.", error);
    }

    [Fact]
    public async Task TLS_on_a_transport_without_it_fails_the_start()
    {
        var error = await StartFailsWith<BindFailedException>(ws => ws.Listen("wss://127.0.0.1:0"));

        Assert.StartsWith(
            "Cannot listen on wss://127.0.0.1:0: the akka-io transport has no TLS; set ws-actors.transport = sockets",
            error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invalid_address_fails_the_start()
    {
        var error = await StartFailsWith<BindFailedException>(ws => ws.Listen("127.0.0.1:8080"));

        Assert.StartsWith("Cannot listen on 127.0.0.1:8080: write ws://host:port", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "ws-actors.message.max-size = 4GiB",
        "ws-actors.message.max-size = 4GiB is not usable: it must be a size from 1B to 2047MiB, such as 64KiB.")]
    [InlineData(
        "ws-actors.connections.max = 0", "ws-actors.connections.max = 0 is not usable: it must be a whole number from 1 to 2147483647.")]
    [InlineData("ws-actors.transport = quic", "ws-actors.transport = quic is not usable: it must be one of: akka-io, sockets.")]
    [InlineData("ws-actors.mesage.max-size = 1KiB", "ws-actors.mesage is not usable: there is no such setting; ws-actors has")]
    [InlineData("ws-actors.close-timeot = 1s", "ws-actors.close-timeot is not usable: there is no such setting; ws-actors has")]
    [InlineData(
        "ws-actors.sockets.inline = off",
        "ws-actors.sockets is not usable: there is no such setting any more; handlers run on the thread pool, and for those that "
            + "never wait set WebSocketRouteOptions.Inline on their route.")]
    [InlineData("ws-actors.message = 1KiB", "ws-actors.message = 1KiB is not usable: it is a section, with max-size, max-fragments.")]
    [InlineData(
        "ws-actors.trusted-proxies = 10.0.0.1",
        "ws-actors.trusted-proxies = 10.0.0.1 is not usable: it is a list, such as [\"one\", \"two\"].")]
    public async Task An_unknown_setting_or_one_out_of_range_fails_the_start(string hocon, string sentence)
    {
        var error = await StartFailsWith<ConfigurationException>(ws => ws.Listen("ws://127.0.0.1:0"), hocon);

        Assert.StartsWith(sentence, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unregistered_shared_handler_fails_the_start()
    {
        var error = await StartFailsWith<ConfigurationException>(ws => ws.Listen("ws://127.0.0.1:0").MapShared<CountingHandler>("/count"));

        Assert.Equal(
            "Route '/count' needs an actor registered as CountingHandler, which is missing: register it in WithActors, "
            + "registry.Register<CountingHandler>(actor).",
            error);
    }

    [Fact]
    public async Task Nothing_listens_after_a_failed_start()
    {
        using var free = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var good = $"ws://{free.LocalEndPoint}";
        var port = (IPEndPoint)free.LocalEndPoint!;
        free.Dispose();

        await StartFailsWith<BindFailedException>(ws => ws.Listen(good).Listen("wss://127.0.0.1:0"));

        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(port));
    }

    private static async Task<string> StartFailsWith<TException>(Action<WebSocketsBuilder> configure, string hocon = "")
        where TException : Exception
    {
        var host = TestHost.Build(akka => akka.AddHocon(hocon, HoconAddMode.Prepend).WithWebSockets(configure));
        var error = await Assert.ThrowsAsync<TException>(host.StartAsync);
        return error.Message;
    }
}
