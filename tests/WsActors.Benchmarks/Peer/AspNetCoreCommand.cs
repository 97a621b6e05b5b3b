using System.CommandLine;

namespace WsActors.Benchmarks.Peer;

/// <summary><c>aspnetcore</c>: serves as the program does, until it is stopped.</summary>
internal static class AspNetCoreCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port")
        {
            Description = "Where to listen, on 127.0.0.1; 0 is any free port.",
            DefaultValueFactory = static _ => 8082,
        };
        var certificate = new Option<string?>("--tls")
        {
            Description = "Serves wss with this certificate and key: a PEM file.",
            HelpName = "file",
        };
        var http2 = new Option<bool>("--http2") { Description = "Serves HTTP/2 only, in which a WebSocket is a stream (RFC 8441)." };
        var command = new Command(
            "aspnetcore", "An ASP.NET Core app whose WebSockets are actors, by WsActors.AspNetCore: /echo, /echo/inline.")
        {
            port,
            certificate,
            http2,
        };
        command.SetAction((parsed, cancellation) => AspNetCoreApp.RunAsync(
            parsed.GetRequiredValue(port), parsed.GetValue(certificate), parsed.GetValue(http2), cancellation));
        return command;
    }
}
