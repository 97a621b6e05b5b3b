using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;

namespace WsActors.TestKit;

/// <summary>
/// The other end of a connection, played by the test: the part that server and client share once the WebSocket is open. Expectations wait
/// for what they expect. Used by the test's thread.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A probe that is not disposed holds only memory, which is collected.")]
public abstract class PeerProbe
{
    private static readonly MessageLimits NoLimits = new()
    {
        MaxMessageBytes = Array.MaxLength,
        MaxFragments = int.MaxValue,
        MaxInflateRatio = int.MaxValue,
    };

    private readonly Role _role;

    /// <summary>The facts that arrived and that no expectation has taken.</summary>
    private readonly Queue<StreamEvent> _facts = [];

    /// <summary>The parser of frames; null until the handshake is done.</summary>
    private StreamParser? _stream;

    /// <summary>Whether the connection's close frame arrived.</summary>
    private bool _isClosed;

    private protected PeerProbe(SocketProbe socket, Role role) => (Socket, _role) = (socket, role);

    /// <summary>The socket of the connection: bytes, reads, writes and its end.</summary>
    public SocketProbe Socket { get; }

    /// <summary>The actor of the connection.</summary>
    public IActorRef Connection => Socket.Connection;

    /// <summary>Sends bytes as they are, each array as one read of the connection.</summary>
    public void Send(params byte[][] chunks) => Socket.Deliver(chunks);

    /// <summary>Sends a whole text message.</summary>
    public void SendText(string text) => SendFrame(Opcode.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>Sends a whole binary message.</summary>
    public void SendBinary(byte[] payload) => SendFrame(Opcode.Binary, payload);

    /// <summary>Sends a value as JSON, in a whole text message. <see cref="SendText"/> sends JSON that fits no type.</summary>
    public void SendJson<T>(T value, JsonTypeInfo<T> type)
        where T : notnull =>
        SendFrame(Opcode.Text, Ws.Send.Json(value, type).Payload.ToArray());

    /// <summary>
    /// Sends one frame; <paramref name="rsv1"/> marks its message as compressed, and the payload must then be compressed.
    /// </summary>
    public void SendFrame(Opcode opcode, byte[] payload, bool fin = true, bool rsv1 = false) =>
        Send(FrameOf(_role, opcode, payload, fin, rsv1));

    /// <summary>Sends a close frame; an empty one for null.</summary>
    public void SendClose(int? code = CloseCode.Normal, string reason = "")
    {
        var output = new ArrayBufferWriter<byte>();
        FrameWriter.WriteClose(output, _role, code, reason);
        Send(output.WrittenSpan.ToArray());
    }

    /// <summary>Expects a whole text message next.</summary>
    public void ExpectText(string text)
    {
        var received = ExpectAnyText();
        Require(received == text, $"text '{text}'", $"text '{received}'");
    }

    /// <summary>Expects a whole text message next, with any text.</summary>
    public string ExpectAnyText()
    {
        var fact = ExpectFact(StreamEventKind.Message, "a text message");
        Require(fact.MessageKind == MessageKind.Text, "a text message", fact.MessageKind);
        return Encoding.UTF8.GetString(fact.Payload.Span);
    }

    /// <summary>Expects a whole text message next, with JSON of a type.</summary>
    public T ExpectJson<T>(JsonTypeInfo<T> type)
        where T : notnull
    {
        var fact = ExpectFact(StreamEventKind.Message, $"JSON of {typeof(T).Name}");
        return JsonExpectation.Read(fact.MessageKind, fact.Payload, type);
    }

    /// <summary>Expects a whole binary message next.</summary>
    public byte[] ExpectBinary()
    {
        var fact = ExpectFact(StreamEventKind.Message, "a binary message");
        Require(fact.MessageKind == MessageKind.Binary, "a binary message", fact.MessageKind);
        return fact.Payload.ToArray();
    }

    /// <summary>Expects a ping next, and returns the payload for a pong.</summary>
    public byte[] ExpectPing() => ExpectFact(StreamEventKind.Ping, "a ping").Payload.ToArray();

    /// <summary>Expects a pong next.</summary>
    public byte[] ExpectPong() => ExpectFact(StreamEventKind.Pong, "a pong").Payload.ToArray();

    /// <summary>Expects a close frame next; 1005 stands for an empty one.</summary>
    public string ExpectClose(int code)
    {
        var fact = ExpectFact(StreamEventKind.Close, $"a close with {code}");
        Require(fact.CloseCode == code, $"a close with {code}", $"{fact.CloseCode} '{fact.CloseReason}'");
        return fact.CloseReason;
    }

    /// <summary>Expects that nothing comes unless the test does something or time passes.</summary>
    public void ExpectNothing()
    {
        Socket.Kit.AwaitIdle();
        ReadFacts();
        Require(_facts.Count == 0, "nothing", _facts.TryPeek(out var fact) ? fact.Kind : null);
        Require(!Socket.HasBytes, "nothing", "an answer");
        Require(!Socket.HasEnded, "nothing", "the end of the socket");
    }

    /// <summary>
    /// Expects that the connection closes or resets the socket, and sends nothing before. Nothing may come behind a close frame
    /// (RFC 6455 §5.5.1).
    /// </summary>
    public void ExpectEnd()
    {
        Socket.ExpectEnd();
        ReadFacts();
        Require(_facts.Count == 0, "the end of the socket", _facts.TryPeek(out var fact) ? fact.Kind : null);
        Require(!Socket.HasBytes, "the end of the socket", "an answer");
    }

    /// <summary>The handshake is done: further bytes are frames.</summary>
    private protected void Open(Inflater? inflater) => _stream = new StreamParser(_role, NoLimits, inflater);

    private protected static byte[] FrameOf(Role role, Opcode opcode, byte[] payload, bool fin, bool rsv1)
    {
        var output = new ArrayBufferWriter<byte>();
        FrameWriter.Write(output, role, opcode, payload, fin, rsv1);
        return output.WrittenSpan.ToArray();
    }

    private StreamEvent ExpectFact(StreamEventKind kind, string expected)
    {
        Require(_stream is not null, "an open WebSocket", "none: the handshake is not done yet");
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

        object actual = fact.Kind == StreamEventKind.Close ? $"a close with {fact.CloseCode} '{fact.CloseReason}'" : fact.Kind;
        Require(fact.Kind == kind, expected, actual);
        return fact;
    }

    private void ReadFacts()
    {
        if (_stream is not null)
        {
            ReadOnlySpan<byte> bytes = Socket.TakeBytes();
            ReadFacts(ref bytes);
        }
    }

    private void ReadFacts(ref ReadOnlySpan<byte> bytes)
    {
        Require(!_isClosed || bytes.IsEmpty, "nothing behind a close frame", "more bytes");
        while (_stream!.TryRead(ref bytes, out var fact))
        {
            _facts.Enqueue(fact);
            _isClosed |= fact.Kind == StreamEventKind.Close;
            Require(!_isClosed || bytes.IsEmpty, "nothing behind a close frame", "more bytes");
        }
    }

    private protected static void Require(bool condition, string expected, object? actual)
    {
        if (!condition)
        {
            throw new ExpectationException($"Expected {expected}, but it was: {actual ?? "(nothing)"}.");
        }
    }
}
