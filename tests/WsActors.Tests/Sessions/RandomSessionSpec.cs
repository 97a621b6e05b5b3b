namespace WsActors.Tests.Sessions;

/// <summary>With random breaks, a client gets all sent messages, each once and in order; and so does its handler.</summary>
public sealed class RandomSessionSpec : SessionSpec
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_breaks_lose_no_message_in_either_direction(int seed)
    {
        var random = new Random(seed);
        var client = Begin();
        var (toClient, expected, isAttached) = (0, 0, true);
        var (toServer, handled) = (0, 0);
        for (var step = 0; step < 300; step++)
        {
            switch (random.Next(8))
            {
                case 0 or 1:
                    Tell($"server {toClient++}");
                    break;
                case 2 or 3 when isAttached:
                    client.Send($"client {toServer++}");
                    break;
                case 4 when isAttached && expected < toClient:
                    client.Expect($"server {expected++}");
                    break;
                case 5 when isAttached && client.Received > 0:
                    client.Ack();
                    break;
                case 6 when isAttached:
                    isAttached = false;
                    Lose(client);
                    break;
                case 7 when !isAttached:
                    Reconnect(client, ref isAttached);
                    break;
            }
        }

        if (!isAttached)
        {
            Reconnect(client, ref isAttached);
        }

        while (expected < toClient)
        {
            client.Expect($"server {expected++}");
            client.Ack();
        }

        client.ExpectHandled(toServer);
        client.ExpectNothing();
        while (handled < toServer)
        {
            if (Handler.Expect<Ws.IEvent>() is Ws.Received received)
            {
                Assert.Equal($"client {handled++}", received.Text);
            }
        }
    }

    /// <summary>The socket breaks, at once or by a close; messages in flight may or may not arrive.</summary>
    private void Lose(SessionClient client)
    {
        client.Socket.Socket.Reset();
        Kit.AwaitIdle();
    }

    /// <summary>Resumes, and sends the messages again that the session does not have.</summary>
    private void Reconnect(SessionClient client, ref bool isAttached)
    {
        Assert.Equal("true", client.Resume());
        isAttached = true;
        Kit.AwaitIdle();
        var last = client.Sent;
        for (var offset = client.Handled + 1; offset <= last; offset++)
        {
            client.Send(offset, $"client {offset - 1}");
        }
    }
}
