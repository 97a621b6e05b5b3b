namespace WsActors.Tests.Sessions;

/// <summary>Whatever happens to its sockets, a client's view is what was sent, each message once and in order; and so is its handler's.</summary>
public sealed class RandomSessionSpec : SessionSpec
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void However_often_it_breaks_both_sides_see_what_the_other_sent(int seed)
    {
        var random = new Random(seed);
        var client = Begin();
        var (told, expected, isHere) = (0, 0, true);
        var (sent, heard) = (0, 0);
        for (var step = 0; step < 300; step++)
        {
            switch (random.Next(8))
            {
                case 0 or 1:
                    Tell($"server {told++}");
                    break;
                case 2 or 3 when isHere:
                    client.Send($"client {sent++}");
                    break;
                case 4 when isHere && expected < told:
                    client.Expect($"server {expected++}");
                    break;
                case 5 when isHere && client.Received > 0:
                    client.Ack();
                    break;
                case 6 when isHere:
                    isHere = false;
                    Lose(client);
                    break;
                case 7 when !isHere:
                    ComeBack(client, ref isHere);
                    break;
            }
        }

        if (!isHere)
        {
            ComeBack(client, ref isHere);
        }

        while (expected < told)
        {
            client.Expect($"server {expected++}");
            client.Ack();
        }

        client.ExpectHandled(sent);
        client.ExpectNothing();
        while (heard < sent)
        {
            if (Handler.Expect<Ws.IEvent>() is Ws.Received received)
            {
                Assert.Equal($"client {heard++}", received.Text);
            }
        }
    }

    /// <summary>The socket breaks, at once or by a close; what is on its way may or may not arrive.</summary>
    private void Lose(SessionClient client)
    {
        client.Socket.Socket.Reset();
        Kit.AwaitIdle();
    }

    /// <summary>What the session does not have, it sends again.</summary>
    private void ComeBack(SessionClient client, ref bool isHere)
    {
        Assert.Equal("true", client.Resume());
        isHere = true;
        Kit.AwaitIdle();
        var last = client.Sent;
        for (var offset = client.Handled + 1; offset <= last; offset++)
        {
            client.Send(offset, $"client {offset - 1}");
        }
    }
}
