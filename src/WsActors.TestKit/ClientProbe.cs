using System.Net;
using System.Text;
using Akka.TestKit;
using WsActors.Protocol;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Handshake;

namespace WsActors.TestKit;

/// <summary>
/// A client played by the test, on a socket played by a <see cref="SocketProbe"/>. Expectations wait for what they expect. Created by a
/// <see cref="WebSocketTestKit"/>, used by the test's thread.
/// </summary>
public sealed class ClientProbe : PeerProbe
{
    private readonly ResponseParser _response = new(new RequestLimits());

    /// <summary>The host of requests for an upgrade.</summary>
    private readonly string _host;

    internal ClientProbe(WebSocketTestKit kit, TestKitBase test, IPEndPoint remote, EndPoint? local)
        : base(new SocketProbe(kit, test, socket => kit.Accept(remote, local, socket)), Role.Client) =>
        _host = local is IPEndPoint ? $"{local}" : "localhost";

    /// <summary>Sends the request of an opening handshake.</summary>
    /// <param name="target">Path and query.</param>
    /// <param name="headers">Further header lines, such as <c>Origin: https://example.com</c>.</param>
    public void RequestUpgrade(string target = "/", params string[] headers) =>
        SendRequest(
            $"GET {target} HTTP/1.1",
            [$"Host: {_host}", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", .. headers]);

    /// <summary>Sends a request line and header lines, valid or not.</summary>
    public void SendRequest(string line, params string[] headers) =>
        Send(Encoding.UTF8.GetBytes(string.Concat([line, "\r\n", .. headers.Select(static h => h + "\r\n"), "\r\n"])));

    /// <summary>The bytes of one masked frame, which a test can split and send.</summary>
    public static byte[] Frame(Opcode opcode, byte[] payload, bool fin = true, bool rsv1 = false) =>
        FrameOf(Role.Client, opcode, payload, fin, rsv1);

    /// <summary>Expects a successful response to the handshake.</summary>
    /// <param name="subprotocol">The agreed subprotocol, or null for none.</param>
    public ResponseHead ExpectUpgrade(string? subprotocol = null)
    {
        var head = ExpectResponse(101);
        var (accept, chosen) = (head.Headers["Sec-WebSocket-Accept"], head.Headers["Sec-WebSocket-Protocol"]);
        Require(accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "the accept key of RFC 6455 §1.3", accept);
        Require(chosen == subprotocol, $"subprotocol {subprotocol ?? "(none)"}", chosen);
        Open(InflaterFor(head));
        return head;
    }

    /// <summary>Expects a refusal, or the response to a plain request. The bytes behind the head are its body.</summary>
    public ResponseHead ExpectResponse(int status)
    {
        ResponseParseResult? fact = null;
        Socket.AwaitBytes($"a response with {status}", (ref ReadOnlySpan<byte> bytes) => _response.TryRead(ref bytes, out fact));
        var head = fact as ResponseHead ?? throw new ExpectationException($"Expected a response with {status}, but {fact} came.");
        return head.Status == status
            ? head
            : throw new ExpectationException($"Expected a response with {status}, but it was: {head.Status} {ReadBody()}.");
    }

    /// <summary>The bytes that arrived and that no expectation has read, as text.</summary>
    public string ReadBody()
    {
        Socket.Kit.AwaitIdle();
        return Encoding.UTF8.GetString(Socket.TakeBytes());
    }

    /// <summary>The inflater for a server that agreed to compress (RFC 7692 §7.1).</summary>
    private static Inflater? InflaterFor(ResponseHead head)
    {
        Require(
            ExtensionHeader.TryRead(head.Headers.All("Sec-WebSocket-Extensions"), out var extensions),
            "well-formed extensions",
            head.Headers["Sec-WebSocket-Extensions"]);
        return extensions.Count == 0
            ? null
            : new(keepsContext: !extensions[0].Parameters.Any(static parameter => parameter.Name == "server_no_context_takeover"));
    }
}
