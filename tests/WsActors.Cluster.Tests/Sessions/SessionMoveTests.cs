using Akka.Actor;
using WsActors.Protocol;
using WsActors.Sessions;
using WsActors.TestKit;
using WsActors.Tests.Sessions;

namespace WsActors.Cluster.Tests.Sessions;

/// <summary>A session is reached from every node, moves with its log, and is told to be lost when its node is.</summary>
public sealed class SessionMoveTests : SessionNodes
{
    [Fact]
    public async Task A_client_resumes_through_any_node_and_misses_no_message()
    {
        var client = Begin(A, home: B);
        client.Socket.Socket.Reset();
        for (var i = 1; i <= 10; i++)
        {
            await Deliver(C, client.SessionId, i, Number(i));
        }

        Assert.Equal("true", await Return(client, C));

        for (var i = 1; i <= 10; i++)
        {
            client.Expect(Number(i));
        }

        client.Send("still here");
        client.Expect("still here");
        Assert.Equal(B.Cluster.SelfAddress.ToString(), WhereIs(client));
    }

    [Fact]
    public void A_session_renews_the_connection_of_another_node_and_is_told_of_its_expiry()
    {
        var client = Begin(A, home: B);

        client.Send("renew");

        client.Expect("Renewed");
        client.Expect("Expiring");
        while (!SessionClient.IsClosedWith(client.Socket, Ws.ExpiredCode))
        {
        }
    }

    [Fact]
    public async Task The_handler_is_told_the_node_of_the_clients_socket()
    {
        var client = Begin(A, home: B);
        Assert.Equal(A.Cluster.SelfAddress.ToString(), WhoseSocket(client));

        Assert.Equal("true", await Return(client, B));

        Assert.Equal(B.Cluster.SelfAddress.ToString(), WhoseSocket(client));
    }

    [Fact]
    public async Task A_client_that_resumes_through_another_node_takes_over()
    {
        var client = Begin(A, home: B);
        var first = client.Socket;

        Assert.Equal("true", await Return(client, C));

        while (!SessionClient.IsClosedWith(first, 4409))
        {
        }
    }

    [Fact]
    public async Task A_session_moves_when_its_node_leaves_and_no_message_is_lost_or_repeated()
    {
        const int Count = 300;
        var client = Begin(A, home: B);
        var publishing = Publish(C, client.SessionId, Count);
        await Expect(client, 1, 30);

        var leaving = Akka.Actor.CoordinatedShutdown.Get(B.System).Run(Akka.Actor.CoordinatedShutdown.ClusterLeavingReason.Instance);

        await Expect(client, 31, Count);
        await publishing;
        await leaving;
        Assert.NotEqual(B.Cluster.SelfAddress.ToString(), WhereIs(client));
        client.Send("still here");
        client.Expect("still here");
    }

    [Fact]
    public async Task A_session_without_a_client_continues_on_another_node_with_its_topics()
    {
        var client = Begin(A, home: B);
        client.Send("join");
        client.Expect("joined");
        client.Socket.Socket.Reset();

        await Akka.Actor.CoordinatedShutdown.Get(B.System).Run(Akka.Actor.CoordinatedShutdown.ClusterLeavingReason.Instance);

        Node? home = null;
        await Eventually.Holds(() => (home = HomeOfMember("news")) is not null, "nobody is in the topic any more");
        home!.Publish("news", Ws.Send.Text("while you were away"));
        Assert.Equal("true", await Return(client, C));
        client.Expect("while you were away");
    }

    [Fact]
    public async Task A_session_of_a_dead_node_is_lost_and_its_client_gets_a_new_one()
    {
        var client = Begin(A, home: B);

        await B.Kill();
        A.Cluster.Down(B.Cluster.SelfAddress);

        client.ExpectClose(CloseCode.ServiceRestart);
        Assert.Equal("false", await Return(client, A));
        client.Send("again");
        client.Expect("again");
    }

    [Fact]
    public async Task A_guessed_id_resumes_no_session_on_any_node()
    {
        var client = Begin(A, home: B);
        var thief = new SessionClient(C.Sockets, "/session")
        {
            Token = SessionToken.Create(client.SessionId, new byte[18]).Text,
            Epoch = client.Epoch,
        };
        var guess = SessionToken.New(null);
        var guesser = new SessionClient(A.Sockets, "/session") { Token = guess.Text, Epoch = "e" };

        Assert.Equal("false", await Return(thief, C));
        Assert.Equal("false", await Return(guesser, A));

        Assert.NotEqual(client.SessionId, thief.SessionId);
        Assert.NotEqual(guess.Id, guesser.SessionId);
        var failed = await C.System.WebSockets().Sessions.Ask<Ws.DeliverFailed>(new Ws.Deliver
        {
            SessionId = guess.Id,
            Publisher = "p",
            Sequence = 1,
            Message = Ws.Send.Text("x"),
        });
        Assert.Equal(guess.Id, failed.SessionId);
    }

    /// <summary>The remaining node that has the topic's one member; null while no node has it.</summary>
    private Node? HomeOfMember(string topic)
    {
        var memberList = A.Presence.Ask<Presence.MemberList>(new Presence.ListMembers(topic), Eventually.Patience).GetAwaiter().GetResult();
        return memberList.Members is [var member]
            ? Array.Find([A, C], node => node.Cluster.SelfAddress == SessionAddressOf(member, A))
            : null;
    }

    private static Address SessionAddressOf(Presence.Member member, Node seenBy) =>
        member.Connection.Path.Address is { HasLocalScope: false } other ? other : seenBy.Cluster.SelfAddress;

    private static async Task Publish(Node node, string session, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            await Deliver(node, session, i, Number(i));
        }
    }

    /// <summary>Reads on over any number of sockets: each number once, in order, and never a session that is lost.</summary>
    private async Task Expect(SessionClient client, int first, int last)
    {
        for (var i = first; i <= last;)
        {
            try
            {
                client.Expect(Number(i));
                client.Ack();
                i++;
            }
            catch (ExpectationException)
            {
                Assert.Equal("true", await Return(client, A));
            }
        }
    }
}
