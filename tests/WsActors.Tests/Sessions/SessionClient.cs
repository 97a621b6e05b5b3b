using System.Globalization;
using WsActors.TestKit;

namespace WsActors.Tests.Sessions;

/// <summary>A client of a session, played by the test, frame by frame: valid and invalid behavior.</summary>
internal sealed class SessionClient(WebSocketTestKit kit, string target = "/")
{
    private WebSocketTestKit _kit = kit;

    private const string Protocol = "wsactors.session.v1";

    /// <summary>The current socket.</summary>
    public ClientProbe Socket { get; private set; } = null!; // Every session starts with a Connect.

    /// <summary>The version of the subprotocol that the server is to select.</summary>
    public string Version { get; init; } = Protocol;

    public string Token { get; set; } = "";

    public string Epoch { get; set; } = "";

    /// <summary>The last message that it has.</summary>
    public long Received { get; set; }

    /// <summary>The last message that it sent.</summary>
    public long Sent { get; set; }

    /// <summary>The last handled one of them.</summary>
    public long Handled { get; private set; }

    public string SessionId => Token[..36];

    /// <summary>Starts a session.</summary>
    public static SessionClient Begin(WebSocketTestKit kit, string target = "/")
    {
        var client = new SessionClient(kit, target);
        client.Connect();
        client.Socket.SendText("hello");
        Assert.Equal("new", client.ExpectWelcome());
        return client;
    }

    /// <summary>Its next socket is one of another server.</summary>
    public void MoveTo(WebSocketTestKit other) => _kit = other;

    /// <summary>Opens a socket without sending a frame.</summary>
    public void Connect(string protocols = Protocol, params string[] headers)
    {
        Socket = _kit.Dial();
        Socket.RequestUpgrade(target, [$"Sec-WebSocket-Protocol: {protocols}", .. headers]);
        Socket.ExpectUpgrade(Version);
    }

    /// <summary>Connects again, and resumes.</summary>
    /// <returns>The recovery: true or false.</returns>
    public string Resume()
    {
        Connect();
        return SendResume();
    }

    /// <param name="suffix">The end of the hello.</param>
    public string SendResume(string suffix = "")
    {
        Socket.SendText(string.Create(CultureInfo.InvariantCulture, $"hello {Token} {Epoch} {Received}{suffix}"));
        return ExpectWelcome();
    }

    public string ExpectWelcome()
    {
        var fields = Socket.ExpectAnyText().Split(' ');
        Assert.Equal((5, "welcome"), (fields.Length, fields[0]));
        (Token, Epoch, Handled) = (fields[1], fields[2], long.Parse(fields[4], CultureInfo.InvariantCulture));
        if (fields[3] != "true")
        {
            (Received, Sent) = (0, 0);
        }

        return fields[3];
    }

    public void Send(string text) => Send(++Sent, text);

    public void Send(long offset, string text) => Socket.SendText(string.Create(CultureInfo.InvariantCulture, $"message {offset}\n{text}"));

    public void Ack() => Ack(Received);

    public void Ack(long offset) => Socket.SendText(string.Create(CultureInfo.InvariantCulture, $"ack {offset}"));

    /// <summary>Expects the next message, with the next offset, after any acks.</summary>
    public void Expect(string text)
    {
        var frame = NextFrame();
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"message {Received + 1}\n{text}"), frame);
        Received++;
    }

    /// <summary>The next message, with any payload.</summary>
    public string Next()
    {
        var frame = NextFrame();
        Received++;
        return frame[(frame.IndexOf('\n', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>Expects that the socket is closed, after any messages.</summary>
    public void ExpectClose(int code)
    {
        while (!IsClosedWith(Socket, code))
        {
        }
    }

    /// <summary>Whether a close frame is next, rather than a frame of the subprotocol.</summary>
    public static bool IsClosedWith(ClientProbe socket, int code)
    {
        try
        {
            socket.ExpectAnyText();
            return false;
        }
        catch (ExpectationException other) when (other.Message.Contains($"{code}", StringComparison.Ordinal))
        {
            return true;
        }
    }

    public void ExpectHandled(long offset)
    {
        while (Handled < offset)
        {
            Note(Socket.ExpectAnyText());
        }
    }

    /// <summary>Expects that only acks have arrived.</summary>
    public void ExpectNothing() => Socket.ExpectNothing();

    private string NextFrame()
    {
        while (true)
        {
            var frame = Socket.ExpectAnyText();
            if (!frame.StartsWith("ack ", StringComparison.Ordinal))
            {
                return frame;
            }

            Note(frame);
        }
    }

    private void Note(string ack)
    {
        Assert.StartsWith("ack ", ack, StringComparison.Ordinal);
        Handled = long.Parse(ack[4..], CultureInfo.InvariantCulture);
    }
}
