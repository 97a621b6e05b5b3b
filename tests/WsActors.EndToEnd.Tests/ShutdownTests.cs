using System.Net.WebSockets;
using System.Runtime.InteropServices;

namespace WsActors.EndToEnd.Tests;

/// <summary>The end of the program, as containers and terminals bring it about.</summary>
public sealed class ShutdownTests
{
    [Fact]
    public async Task Ctrl_C_closes_every_client_with_1012_at_once_and_the_exit_code_is_0()
    {
        // SIGTERM would drain for an hour; Ctrl-C closes at once.
        await using var server = await ServerProcess.StartAsync(Drain("1h", "1h", "3h"));
        var clients = new List<ClientWebSocket>();
        for (var i = 0; i < 50; i++)
        {
            clients.Add(await server.ConnectAsync("/echo"));
        }

        server.Signal(PosixSignal.SIGINT);

        foreach (var client in clients)
        {
            await ExpectCloseAsync(client);
            await client.CloseAsync();
            client.Dispose();
        }

        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task After_SIGTERM_upgrades_are_accepted_for_the_lead_while_readiness_fails_and_liveness_does_not()
    {
        // How long the lead is does not matter here: Ctrl-C ends it.
        await using var server = await ServerProcess.StartAsync(Drain("1h", "1h", "3h"));
        using var http = new HttpClient();
        using var early = await server.ConnectAsync("/echo");

        server.Signal(PosixSignal.SIGTERM);

        while ((int)(await http.GetAsync(server.HttpUri("/health/ready"))).StatusCode == 200)
        {
            await Task.Delay(10);
        }

        Assert.Equal(200, (int)(await http.GetAsync(server.HttpUri("/health/live"))).StatusCode);
        using var late = await server.ConnectAsync("/echo");
        await late.SendAsync("still served");
        Assert.Equal("still served", await late.ReceiveTextAsync());

        server.Signal(PosixSignal.SIGINT);

        await ExpectCloseAsync(early);
        await ExpectCloseAsync(late);
        await early.CloseAsync();
        await late.CloseAsync();
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task SIGHUP_drains_as_SIGTERM_does()
    {
        await using var server = await ServerProcess.StartAsync(Drain("off", "off", "3h"));
        using var client = await server.ConnectAsync("/echo");

        server.Signal(PosixSignal.SIGHUP);

        await ExpectCloseAsync(client);
        await client.CloseAsync();
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task A_second_Ctrl_C_ends_at_once_while_a_client_does_not_answer()
    {
        // Without it this would take three hours.
        await using var server = await ServerProcess.StartAsync([.. Drain("off", "off", "3h"), "--set", "ws-actors.close-timeout=2h"]);
        using var silent = await server.ConnectAsync("/echo");
        server.Signal(PosixSignal.SIGINT);
        await ExpectCloseAsync(silent);

        server.Signal(PosixSignal.SIGINT);

        Assert.Equal(130, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task SIGTERM_50_ms_after_the_start_ends_the_program_silently()
    {
        await using var server = ServerProcess.Run("--listen", "ws://127.0.0.1:0");
        await Task.Delay(50);

        server.Signal(PosixSignal.SIGTERM);

        // 143 before .NET handles signals, 0 after that.
        Assert.Contains(await server.WaitForExitAsync(), new[] { 0, 143 });
        Assert.Empty(server.Errors);
    }

    [Fact]
    public async Task After_kill_9_with_clients_another_program_listens_on_the_same_port_at_once()
    {
        var listen = "ws://127.0.0.1:0";
        await using (var server = await ServerProcess.StartAsync("--listen", listen))
        {
            using var client = await server.ConnectAsync("/echo");
            server.Kill();
            await server.WaitForExitAsync();
            listen = $"ws://127.0.0.1:{server.Port}";
        }

        await using var again = await ServerProcess.StartAsync("--listen", listen);

        using var newcomer = await again.ConnectAsync("/echo");
        await newcomer.SendAsync("hi");
        Assert.Equal("hi", await newcomer.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_server_without_clients_ends_without_a_lead()
    {
        await using var server = await ServerProcess.StartAsync(Drain("1h", "1h", "3h"));

        server.Signal(PosixSignal.SIGTERM);

        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task A_client_without_a_close_answer_does_not_delay_the_exit()
    {
        await using var server = await ServerProcess.StartAsync(Drain("off", "off", "1s"));
        using var silent = await server.ConnectAsync("/echo");

        server.Signal(PosixSignal.SIGTERM);

        Assert.Equal(0, await server.WaitForExitAsync());
    }

    private static async Task ExpectCloseAsync(ClientWebSocket client)
    {
        var (type, _) = await client.ReceiveAsync();
        Assert.Equal(WebSocketMessageType.Close, type);
        Assert.Equal(1012, (int?)client.CloseStatus);
    }

    /// <summary>With enough time for the shutdown phase that the drain has its own times.</summary>
    private static string[] Drain(string lead, string spread, string deadline) =>
    [
        "--set", $"ws-actors.drain.lead={lead}",
        "--set", $"ws-actors.drain.spread={spread}",
        "--set", $"ws-actors.drain.deadline={deadline}",
        "--set", "akka.coordinated-shutdown.phases.before-service-unbind.timeout=4h",
    ];
}
