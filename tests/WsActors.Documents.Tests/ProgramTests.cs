using System.Net.WebSockets;

namespace WsActors.Documents.Tests;

/// <summary>The programs of the documents run and serve.</summary>
public sealed class ProgramTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_READMEs_program_serves_and_ends_on_SIGTERM()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var program = new DocumentProgram(CodeBlock.Of("README.md", 1).Code, 8080);

        await Greet(program, patience.Token);

        Assert.Equal(0, await program.StopAsync(patience.Token));
    }

    [Fact]
    public async Task The_program_beside_ASP_NET_Core_serves_both_ports_and_ends_on_SIGTERM()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var program = new DocumentProgram(CodeBlock.Of(Path.Combine("docs", "aspnetcore-port.md"), 1).Code, 8080, 5000);

        await Greet(program, patience.Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{program.PortOf(5000)}") };
        Assert.Equal("the app", await http.GetStringAsync(new Uri("/", UriKind.Relative), patience.Token));
        Assert.Equal("Healthy", await http.GetStringAsync(new Uri("/health", UriKind.Relative), patience.Token));

        Assert.Equal(0, await program.StopAsync(patience.Token));
    }

    private static async Task Greet(DocumentProgram program, CancellationToken patience)
    {
        using var client = await program.ConnectAsync($"ws://127.0.0.1:{program.PortOf(8080)}/chat/tea", patience);
        Assert.Equal("Welcome to tea", await DocumentProgram.HearAsync(client, patience));
        await client.SendAsync("hi"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, patience);
        Assert.Equal("You said: hi", await DocumentProgram.HearAsync(client, patience));
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", patience);
    }
}
