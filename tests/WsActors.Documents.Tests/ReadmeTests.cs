using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace WsActors.Documents.Tests;

/// <summary>The README's program runs and serves, and its test passes.</summary>
public sealed class ReadmeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("readme").FullName;

    [Fact]
    public async Task Its_program_serves_and_ends_on_SIGTERM()
    {
        var port = FreePort();
        var file = Path.Combine(_folder, "readme.dll");
        Compiler.Write(file, Program.Replace("8080", $"{port}", StringComparison.Ordinal));
        using var program = Start(file);
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            using var client = await Connect(new Uri($"ws://127.0.0.1:{port}/chat/tea"), patience.Token);
            Assert.Equal("Welcome to tea", await Hear(client, patience.Token));
            await client.SendAsync("hi"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
            Assert.Equal("You said: hi", await Hear(client, patience.Token));
            await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", patience.Token);

            using var kill = Process.Start("kill", ["-TERM", $"{program.Id}"]);
            await program.WaitForExitAsync(patience.Token);
            Assert.Equal(0, program.ExitCode);
        }
        finally
        {
            program.Kill();
        }
    }

    [Fact]
    public void Its_test_passes()
    {
        var handler = Program[Program.IndexOf("public sealed class", StringComparison.Ordinal)..];
        const string Usings = """
            using Akka.Actor;
            using Akka.Event;
            using Akka.TestKit.Xunit2;
            using WsActors;
            using WsActors.Routing;
            using WsActors.TestKit;
            using Xunit;

            """;
        var type = Compiler.Load(Usings + handler + CodeBlock.Of("README.md", 2).Code).GetType("GreetingTests")!;

        using var test = (Akka.TestKit.Xunit2.TestKit)Activator.CreateInstance(type)!;
        type.GetMethod("It_repeats_what_you_say")!.Invoke(test, null);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Program => CodeBlock.Of("README.md", 1).Code;

    /// <summary>Runs a program with the libraries that this test was built with.</summary>
    private static Process Start(string file)
    {
        var here = Path.Combine(AppContext.BaseDirectory, "WsActors.Documents.Tests");
        return Process.Start(new ProcessStartInfo("dotnet", ["exec", "--runtimeconfig", $"{here}.runtimeconfig.json", "--depsfile", $"{here}.deps.json", file])
        {
            WorkingDirectory = AppContext.BaseDirectory,
        })!;
    }

    private static async Task<ClientWebSocket> Connect(Uri address, CancellationToken patience)
    {
        while (true)
        {
            var client = new ClientWebSocket();
            try
            {
                await client.ConnectAsync(address, patience);
                return client;
            }
            catch (WebSocketException)
            {
                // The program has not opened its port yet.
                client.Dispose();
                await Task.Delay(100, patience);
            }
        }
    }

    private static async Task<string> Hear(ClientWebSocket client, CancellationToken patience)
    {
        var buffer = new byte[1024];
        var received = await client.ReceiveAsync(buffer, patience);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
