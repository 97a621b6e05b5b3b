using System.Globalization;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using WsActors.Protocol;
using WsActors.Protocol.Messages;

namespace WsActors.TestKit;

/// <summary>
/// A client with a session, played by the test, over any number of sockets: it numbers, acknowledges and repeats messages as
/// <c>wsactors.session.v3</c> says. Created by a <see cref="WebSocketTestKit"/>, used by the test's thread.
/// </summary>
public sealed class SessionProbe
{
    private const string Version = "wsactors.session.v3";

    private readonly WebSocketTestKit _kit;

    private readonly string _target;

    private readonly string[] _headers;

    /// <summary>The messages that it sent, and that the session has not acknowledged.</summary>
    private readonly Queue<(long Offset, string Text)> _unacknowledged = [];

    /// <summary>Token and epoch of the last welcome.</summary>
    private string _identity = "";

    /// <summary>The offset of the last message that it has.</summary>
    private long _received;

    /// <summary>The offset of the last message that it sent.</summary>
    private long _sent;

    /// <summary>Whether the test has reset the current connection.</summary>
    private bool _isBroken;

    internal SessionProbe(WebSocketTestKit kit, string target, string[] headers)
    {
        (_kit, _target, _headers) = (kit, target, headers);
        Client = Connect();
        Client.SendText("hello");
        ReadWelcome();
    }

    /// <summary>The current connection, for frames and closes of the test's own.</summary>
    public ClientProbe Client { get; private set; }

    /// <summary>Sends a text message: at once, or after <see cref="Resume"/>.</summary>
    public void SendText(string text)
    {
        _unacknowledged.Enqueue((++_sent, text));
        if (!_isBroken)
        {
            Send(_sent, text);
        }
    }

    /// <summary>Sends a value as JSON, in a text message.</summary>
    public void SendJson<T>(T value, JsonTypeInfo<T> type)
        where T : notnull =>
        SendText(Encoding.UTF8.GetString(Ws.Send.Json(value, type).Payload.Span));

    /// <summary>Expects a text message next, and acknowledges it.</summary>
    public void ExpectText(string text)
    {
        var received = ExpectAnyText();
        Require(received == text, $"text '{text}'", $"text '{received}'");
    }

    /// <summary>Expects a text message next, with any text, and acknowledges it.</summary>
    public string ExpectAnyText()
    {
        string frame;
        while ((frame = Client.ExpectAnyText()).StartsWith("ack ", StringComparison.Ordinal))
        {
            OnAcknowledged(Parse(frame[4..]));
        }

        var header = string.Create(CultureInfo.InvariantCulture, $"message {_received + 1}\n");
        Require(frame.StartsWith(header, StringComparison.Ordinal), "the next message of the session", $"'{frame}'");
        Client.SendText(string.Create(CultureInfo.InvariantCulture, $"ack {++_received}"));
        return frame[header.Length..];
    }

    /// <summary>Expects a text message next, with JSON of a type, and acknowledges it.</summary>
    public T ExpectJson<T>(JsonTypeInfo<T> type)
        where T : notnull =>
        JsonExpectation.Read(MessageKind.Text, Encoding.UTF8.GetBytes(ExpectAnyText()), type);

    /// <summary>Resets the socket: the session waits for the client.</summary>
    public void Break()
    {
        _isBroken = true;
        Client.Socket.Reset();
    }

    /// <summary>Connects again, and sends again what the session has not received. The messages that the client missed follow.</summary>
    /// <param name="isReloaded">Whether the client says that it has lost what it was shown, as a reloaded page does.</param>
    /// <returns>Whether the session continues; if not, this is a new one.</returns>
    public bool Resume(bool isReloaded = false)
    {
        Client = Connect();
        _isBroken = false;
        Client.SendText(
            string.Create(CultureInfo.InvariantCulture, $"hello {_identity} {_received}{(isReloaded ? " reloaded" : "")}"));
        return ReadWelcome();
    }

    /// <summary>Ends the session.</summary>
    public void Close() => Client.SendClose(CloseCode.Normal);

    private ClientProbe Connect()
    {
        var client = _kit.Dial();
        client.RequestUpgrade(_target, [$"Sec-WebSocket-Protocol: {Version}", .. _headers]);
        client.ExpectUpgrade(Version);
        return client;
    }

    private bool ReadWelcome()
    {
        var frame = Client.ExpectAnyText();
        var fields = frame.Split(' ');
        Require(fields is ["welcome", _, _, _, _], "a welcome of the session", $"'{frame}'");
        var isResumed = fields[3] == "true";
        _identity = $"{fields[1]} {fields[2]}";
        if (isResumed)
        {
            OnAcknowledged(Parse(fields[4]));
        }
        else
        {
            (_received, _sent) = (0, 0);
            _unacknowledged.Clear();
        }

        foreach (var (offset, text) in _unacknowledged)
        {
            Send(offset, text);
        }

        return isResumed;
    }

    private void OnAcknowledged(long offset)
    {
        while (_unacknowledged.TryPeek(out var first) && first.Offset <= offset)
        {
            _unacknowledged.Dequeue();
        }
    }

    private void Send(long offset, string text) =>
        Client.SendText(string.Create(CultureInfo.InvariantCulture, $"message {offset}\n{text}"));

    private static long Parse(string number) => long.Parse(number, CultureInfo.InvariantCulture);

    private static void Require(bool condition, string expected, string actual)
    {
        if (!condition)
        {
            throw new ExpectationException($"Expected {expected}, but it was: {actual}.");
        }
    }
}
