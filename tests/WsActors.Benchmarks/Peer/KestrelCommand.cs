using System.CommandLine;

namespace WsActors.Benchmarks.Peer;

/// <summary><c>kestrel</c>: serves as the program does, until it is stopped.</summary>
internal static class KestrelCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port")
        {
            Description = "Where to listen, on 127.0.0.1; 0 is any free port.",
            DefaultValueFactory = static _ => 8081,
        };
        var certificate = new Option<string?>("--tls")
        {
            Description = "Serves wss with this certificate and key: a PEM file.",
            HelpName = "file",
        };
        var http2 = new Option<bool>("--http2") { Description = "Serves HTTP/2 only, in which a WebSocket is a stream (RFC 8441)." };
        var inline = new Option<bool>("--inline")
        {
            Description = "Deals with what comes on the thread that waited for it, where the runtime completes sockets there, too.",
        };
        var command = new Command(
            "kestrel", "A WebSocket server on ASP.NET Core, as lean as it can be made: /echo, /deflate, /broadcast/all.")
        {
            port,
            certificate,
            http2,
            inline,
        };
        command.SetAction((parsed, cancellation) => KestrelPeer.RunAsync(
            parsed.GetRequiredValue(port),
            parsed.GetValue(certificate),
            parsed.GetValue(http2),
            parsed.GetValue(inline),
            cancellation));
        return command;
    }
}
