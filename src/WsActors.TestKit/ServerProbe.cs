using System.Net;
using System.Text;
using WsActors.Protocol;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Handshake;

namespace WsActors.TestKit;

/// <summary>
/// A server played by the test, for one connection of a client, on a socket played by a <see cref="SocketProbe"/>. Expectations wait for
/// what they expect. Created by a <see cref="ListenerProbe"/>, used by the test's thread.
/// </summary>
public sealed class ServerProbe : PeerProbe
{
    private readonly RequestParser _request = new(new RequestLimits());

    private string? _key;

    internal ServerProbe(SocketProbe socket, EndPoint address)
        : base(socket, Role.Server) => Address = address;

    /// <summary>The address that the client dialed.</summary>
    public EndPoint Address { get; }

    /// <summary>The bytes of one unmasked frame, which a test can split and send.</summary>
    public static byte[] Frame(Opcode opcode, byte[] payload, bool fin = true, bool rsv1 = false) =>
        FrameOf(Role.Server, opcode, payload, fin, rsv1);

    /// <summary>Expects the request of an opening handshake.</summary>
    public RequestHead ExpectRequest()
    {
        RequestParseResult? fact = null;
        Socket.AwaitBytes("a request", (ref ReadOnlySpan<byte> bytes) => _request.TryRead(ref bytes, out fact));
        var request = fact as RequestHead ?? throw new ExpectationException($"Expected a request, but {fact} came.");
        _key = request.Headers["Sec-WebSocket-Key"];
        Require(_key is not null, "a request with a key", request);
        return request;
    }

    /// <summary>The response that opens the WebSocket, which a test can split and send.</summary>
    /// <param name="headers">Further header lines, such as <c>Sec-WebSocket-Protocol: chat</c>.</param>
    public byte[] Upgrade(params string[] headers)
    {
        Require(_key is not null, "a request", "none: call ExpectRequest first");
        var extension = headers.FirstOrDefault(static line => line.StartsWith(ExtensionsHeader, StringComparison.OrdinalIgnoreCase));
        var keepsContext = extension?.Contains("client_no_context_takeover", StringComparison.Ordinal) is not true;
        Open(extension is null ? null : new Inflater(keepsContext));
        return Head(
            "HTTP/1.1 101 Switching Protocols",
            ["Upgrade: websocket", "Connection: Upgrade", $"Sec-WebSocket-Accept: {AcceptKey.For(_key!)}", .. headers]);
    }

    /// <summary>Expects the request, and opens the WebSocket.</summary>
    /// <param name="headers">Further header lines, such as <c>Sec-WebSocket-Protocol: chat</c>.</param>
    public RequestHead Accept(params string[] headers)
    {
        var request = ExpectRequest();
        Send(Upgrade(headers));
        return request;
    }

    /// <summary>Sends a status line and header lines, valid or not.</summary>
    public void Respond(string line, params string[] headers) => Send(Head(line, headers));

    private const string ExtensionsHeader = "Sec-WebSocket-Extensions:";

    private static byte[] Head(string line, params string[] headers) =>
        Encoding.UTF8.GetBytes(string.Concat([line, "\r\n", .. headers.Select(static h => h + "\r\n"), "\r\n"]));
}
