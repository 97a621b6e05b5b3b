using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using Akka.Actor;
using Akka.TestKit;
using WsActors.Protocol;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;

namespace WsActors.TestKit;

/// <summary>
/// A client played by the test, on a socket played by a <see cref="SocketProbe"/>. What it expects, it awaits; made by a
/// <see cref="WebSocketTestKit"/>, used by the test's thread.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "What a test leaves open holds memory until it is collected, and no more.")]
public sealed class ClientProbe
{
    private static readonly MessageLimits NoLimits = new(Array.MaxLength, int.MaxValue, int.MaxValue);

    private readonly ResponseParser _response = new(new RequestLimits());
    private StreamParser _stream = new(Role.Client, NoLimits);

    /// <summary>What came as facts and was not expected yet.</summary>
    private readonly Queue<StreamEvent> _facts = [];

    private bool _isOpen;

    /// <summary>Whether the server's close frame came.</summary>
    private bool _isClosed;

    internal ClientProbe(WebSocketTestKit kit, TestKitBase test, IPEndPoint remote) => Socket = new SocketProbe(kit, test, remote);

    /// <summary>The socket under it: bytes, reads, writes, and how it ends.</summary>
    public SocketProbe Socket { get; }

    /// <summary>The connection: an actor like any other.</summary>
    public IActorRef Connection => Socket.Connection;

    // What it sends.

    /// <summary>Sends bytes as they are, each array as one read of the server.</summary>
    public void Send(params byte[][] chunks) => Socket.Deliver(chunks);

    /// <summary>Sends the request of an opening handshake.</summary>
    /// <param name="target">Path and query.</param>
    /// <param name="headers">Further header lines, such as <c>Origin: https://example.com</c>.</param>
    public void RequestUpgrade(string target = "/", params string[] headers) =>
        SendRequest(
            $"GET {target} HTTP/1.1",
            ["Host: 127.0.0.1:8080", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", .. headers]);

    /// <summary>Sends a request line and header lines, whatever they are.</summary>
    public void SendRequest(string line, params string[] headers) =>
        Send(Encoding.Latin1.GetBytes(string.Concat([line, "\r\n", .. headers.Select(static h => h + "\r\n"), "\r\n"])));

    /// <summary>Sends a whole text message.</summary>
    public void SendText(string text) => SendFrame(Opcode.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>Sends a whole binary message.</summary>
    public void SendBinary(byte[] payload) => SendFrame(Opcode.Binary, payload);

    /// <summary>Sends one masked frame; <paramref name="rsv1"/> says that its message is compressed, as the payload then has to be.</summary>
    public void SendFrame(Opcode opcode, byte[] payload, bool fin = true, bool rsv1 = false) => Send(Frame(opcode, payload, fin, rsv1));

    /// <summary>Sends a close frame; null is an empty one.</summary>
    public void SendClose(int? code = CloseCode.Normal, string reason = "")
    {
        var output = new ArrayBufferWriter<byte>();
        FrameWriter.WriteClose(output, Role.Client, code, reason);
        Send(output.WrittenSpan.ToArray());
    }

    /// <summary>The bytes of one masked frame, to be cut and sent as a test likes.</summary>
    public static byte[] Frame(Opcode opcode, byte[] payload, bool fin = true, bool rsv1 = false)
    {
        var output = new ArrayBufferWriter<byte>();
        FrameWriter.Write(output, Role.Client, opcode, payload, fin, rsv1);
        return output.WrittenSpan.ToArray();
    }

    // What it expects.

    /// <summary>Expects the handshake's answer to be a success.</summary>
    /// <param name="subprotocol">The one agreed on, or null for none.</param>
    public ResponseHead ExpectUpgrade(string? subprotocol = null)
    {
        var head = ExpectResponse(101);
        Require(head.Headers["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "the accept key of RFC 6455 §1.3", head.Headers["Sec-WebSocket-Accept"]);
        Require(head.Headers["Sec-WebSocket-Protocol"] == subprotocol, $"subprotocol {subprotocol ?? "(none)"}", head.Headers["Sec-WebSocket-Protocol"]);
        _stream = new(Role.Client, NoLimits, InflaterFor(head));
        _isOpen = true;
        return head;
    }

    /// <summary>Expects a refusal, or the answer to a plain request; whatever follows the head is its body.</summary>
    public ResponseHead ExpectResponse(int status)
    {
        ResponseFact? fact = null;
        Socket.AwaitBytes($"a response with {status}", (ref ReadOnlySpan<byte> bytes) => _response.TryRead(ref bytes, out fact));
        var head = fact as ResponseHead ?? throw new ExpectationException($"Expected a response with {status}, but {fact} came.");
        return head.Status == status
            ? head
            : throw new ExpectationException($"Expected a response with {status}, but it was: {head.Status} {ReadBody()}.");
    }

    /// <summary>All that came since the last thing expected, as text.</summary>
    public string ReadBody()
    {
        Socket.Kit.Settle();
        return Encoding.UTF8.GetString(Socket.TakeBytes());
    }

    /// <summary>Expects a whole text message next.</summary>
    public void ExpectText(string text)
    {
        var came = ExpectAnyText();
        Require(came == text, $"text '{text}'", $"text '{came}'");
    }

    /// <summary>Expects a whole text message next, whatever it says.</summary>
    public string ExpectAnyText()
    {
        var fact = ExpectFact(StreamEventKind.Message, "a text message");
        Require(fact.MessageKind == MessageKind.Text, "a text message", fact.MessageKind);
        return Encoding.UTF8.GetString(fact.Payload.Span);
    }

    /// <summary>Expects a whole binary message next.</summary>
    public byte[] ExpectBinary()
    {
        var fact = ExpectFact(StreamEventKind.Message, "a binary message");
        Require(fact.MessageKind == MessageKind.Binary, "a binary message", fact.MessageKind);
        return fact.Payload.ToArray();
    }

    /// <summary>Expects a ping next; its payload is what a pong answers with.</summary>
    public byte[] ExpectPing() => ExpectFact(StreamEventKind.Ping, "a ping").Payload.ToArray();

    /// <summary>Expects a pong next.</summary>
    public byte[] ExpectPong() => ExpectFact(StreamEventKind.Pong, "a pong").Payload.ToArray();

    /// <summary>Expects a close frame next; 1005 is an empty one.</summary>
    public string ExpectClose(int code)
    {
        var fact = ExpectFact(StreamEventKind.Close, $"a close with {code}");
        Require(fact.CloseCode == code, $"a close with {code}", $"{fact.CloseCode} '{fact.CloseReason}'");
        return fact.CloseReason;
    }

    /// <summary>Expects that nothing more comes until someone does something or time passes.</summary>
    public void ExpectNothing()
    {
        Socket.Kit.Settle();
        ReadFacts();
        Require(_facts.Count == 0, "nothing", _facts.TryPeek(out var fact) ? fact.Kind : null);
        Require(!Socket.HasBytes, "nothing", "an answer");
        Require(!Socket.IsHungUp && !Socket.IsReset, "nothing", "the end of the socket");
    }

    /// <summary>Expects that the server hangs up or resets, and sends nothing before; behind a close frame nothing may come (RFC 6455 §5.5.1).</summary>
    public void ExpectEnd()
    {
        Socket.ExpectEnd();
        ReadFacts();
        Require(_facts.Count == 0, "the end of the socket", _facts.TryPeek(out var fact) ? fact.Kind : null);
        Require(!Socket.HasBytes, "the end of the socket", "an answer");
    }

    /// <summary>What the server compresses by its own word (RFC 7692 §7.1), the probe inflates.</summary>
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

    private StreamEvent ExpectFact(StreamEventKind kind, string expected)
    {
        Require(_isOpen, "an open WebSocket", "none: call ExpectUpgrade first");
        StreamEvent fact;
        while (!_facts.TryDequeue(out fact))
        {
            Socket.AwaitBytes(expected, (ref ReadOnlySpan<byte> bytes) =>
            {
                var before = _facts.Count;
                ReadFacts(ref bytes);
                return _facts.Count > before;
            });
        }

        Require(fact.Kind == kind, expected, fact.Kind == StreamEventKind.Close ? $"a close with {fact.CloseCode} '{fact.CloseReason}'" : fact.Kind);
        return fact;
    }

    private void ReadFacts()
    {
        if (_isOpen)
        {
            ReadOnlySpan<byte> bytes = Socket.TakeBytes();
            ReadFacts(ref bytes);
        }
    }

    private void ReadFacts(ref ReadOnlySpan<byte> bytes)
    {
        Require(!_isClosed || bytes.IsEmpty, "nothing behind a close frame", "more bytes");
        while (_stream.TryRead(ref bytes, out var fact))
        {
            _facts.Enqueue(fact);
            _isClosed |= fact.Kind == StreamEventKind.Close;
            Require(!_isClosed || bytes.IsEmpty, "nothing behind a close frame", "more bytes");
        }
    }

    private static void Require(bool holds, string expected, object? came)
    {
        if (!holds)
        {
            throw new ExpectationException($"Expected {expected}, but it was: {came ?? "(nothing)"}.");
        }
    }
}
