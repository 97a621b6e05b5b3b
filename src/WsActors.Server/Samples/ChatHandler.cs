using Akka.Actor;
using WsActors.Protocol;
using WsActors.Routing;

namespace WsActors.Server.Samples;

/// <summary>
/// One person in one room, which is a topic: what is said is published there, and who is there is its presence, on all nodes. One a
/// connection or a session, a child of it. One that was restarted, or has moved with its session, finds itself in the presence again, and goes on
/// under its name.
/// </summary>
internal sealed class ChatHandler : ReceiveActor, IWithStash
{
    private readonly IActorRef _topics = Context.System.WebSockets().Topics;
    private readonly IActorRef _presence = Context.System.WebSockets().Presence;
    private readonly ChatRoster _roster = new();
    private readonly string _topic;
    private readonly string _wanted;
    private readonly string? _tab;

    /// <summary>The node that has the client's socket; null after a restart until a client attaches.</summary>
    private string? _node;

    public ChatHandler(string room, string name, string? tab)
    {
        (_topic, _wanted, _tab) = ($"chat/{room}", name, tab);
        Entering();
    }

    public IStash Stash { get; set; } = null!; // Akka sets it before the first message.

    /// <summary>For a route with a <c>{room}</c> and a query that may have a <c>name</c>.</summary>
    public static Props PropsFor(UpgradeRequest request) => Props.Create<ChatHandler>(
        RoomOf(request) ?? throw new InvalidOperationException("The route's guard lets only rooms with a name pass."),
        ChatName.TryClean(request.Http.Query["name"], out var name) ? name : ChatName.Guest(),
        request.Http.Query["tab"] is { Length: > 0 and <= Chat.MaxTabLength } tab ? tab : null);

    /// <summary>
    /// Turns away who asks for a room without a proper name: upgraded and closed, because a browser's script cannot read a refusal.
    /// </summary>
    public static Task<GuardDecision> Guard(UpgradeRequest request, CancellationToken _) => Task.FromResult(
        RoomOf(request) is null
            ? GuardDecision.AcceptAndClose(Chat.Refused, $"a room's name has 1 to {ChatName.MaxLength} visible characters")
            : GuardDecision.Accept());

    // Entering --who is here--> Joining --member--> Inside, until the connection closes.
    //     \--the room is full--> Leaving

    private void Entering()
    {
        IActorRef connection = ActorRefs.Nobody;
        Receive<Ws.Opened>(opened =>
        {
            connection = opened.Connection;
            _node = opened.IsRestart ? null : Chat.NodeOf(Context.System);
            _presence.Tell(new Presence.Watch(_topic));
        });
        Receive<Ws.Attached>(attached => _node = Chat.NodeOf(attached.Node));
        Receive<Presence.MemberList>(memberList => Enter(connection, memberList));
        Receive<Ws.Received>(_ => Stash.Stash());
        Receive<Ws.Closed>(_ => Context.Stop(Self)); // topic and presence watch, and so know
    }

    /// <summary>The welcome is sent before the membership, so that it comes before anything that is said.</summary>
    private void Enter(IActorRef connection, Presence.MemberList memberList)
    {
        var others = new List<ChatPerson>();
        string? mine = null;
        foreach (var member in memberList.Members)
        {
            if (!ChatPerson.TryRead(member.Data, out var person))
            {
                continue;
            }

            if (member.Connection.Equals(connection))
            {
                mine = person.Name;
                continue;
            }

            others.Add(person);
            _roster.Set(member.Connection, person.Name);
            if (_tab is not null && _tab == person.Tab)
            {
                mine = person.Name;
                member.Connection.Tell(TakenOver);
            }
        }

        if (mine is null && others.Count >= Chat.MaxPeople)
        {
            connection.Tell(new Ws.Close(CloseCode.TryAgainLater, $"a room has at most {Chat.MaxPeople} people"));
            Become(Leaving);
            return;
        }

        var me = new ChatPerson(mine ?? _roster.Free(_wanted), ChatPerson.CameAfter(others, Context.System.Scheduler.Now), _tab);
        _roster.Set(connection, me.Name);
        Tell(connection, new Chat.Welcome(me.Name, _roster.Names, _node));
        connection.Tell(new Ws.Join(_topic) { PresenceData = me.PresenceData });
        Become(() => Joining(connection, me));
    }

    // It was watching the room, and may hear of it still.
    private void Leaving()
    {
        Receive<Ws.Closed>(_ => Context.Stop(Self));
        ReceiveAny(static _ => { });
    }

    // Who speaks is a member, and is told it, too: so what comes before the answer waits.
    private void Joining(IActorRef connection, ChatPerson me)
    {
        Receive<Ws.Joined>(_ =>
        {
            Become(() => Inside(connection, me));
            Stash.UnstashAll();
        });
        Receive<Ws.JoinFailed>(_ => connection.Tell(new Ws.Close(CloseCode.PolicyViolation, "the server's settings leave no room for a room")));
        Receive<Ws.Received>(_ => Stash.Stash());
        Watching(connection, me);
    }

    private void Inside(IActorRef connection, ChatPerson me)
    {
        Receive<Ws.Received>(message => PassOn(message, me));
        Watching(connection, me);
    }

    private void Watching(IActorRef connection, ChatPerson me)
    {
        Receive<Ws.Attached>(attached => Serve(connection, attached));
        Receive<Presence.Joined>(joined => See(joined.Member));
        Receive<Presence.Changed>(changed => See(changed.Member));
        Receive<Presence.Left>(left => Tell(connection, _roster.Remove(left.Member.Connection)), left => !left.Member.Connection.Equals(connection));
        Receive<Ws.Closed>(_ => Context.Stop(Self));

        void See(Presence.Member member)
        {
            if (member.Connection.Equals(connection) || !ChatPerson.TryRead(member.Data, out var other))
            {
                return;
            }

            Tell(connection, _roster.Set(member.Connection, other.Name));
            if (me.IsTabOf(other) && other.Came < me.Came)
            {
                member.Connection.Tell(TakenOver);
            }
            else if (me.MustYieldTo(other))
            {
                Rename(connection, me);
            }
        }
    }

    /// <summary>A client came; of the first, the welcome may have told all there is.</summary>
    private void Serve(IActorRef connection, Ws.Attached attached)
    {
        var node = Chat.NodeOf(attached.Node);
        if (!attached.IsNew || node != _node)
        {
            Tell(connection, new Chat.Served(node));
        }
    }

    /// <summary>Two came at once, on two nodes perhaps, under one name: who came later takes another, and all see the same.</summary>
    private void Rename(IActorRef connection, ChatPerson me)
    {
        var renamed = me with { Name = _roster.Free(_wanted) };
        var left = _roster.Set(connection, renamed.Name).OfType<Chat.Left>();
        Tell(connection, [new Chat.Renamed(renamed.Name), .. left]);
        connection.Tell(new Ws.Join(_topic) { PresenceData = renamed.PresenceData });
        Become(() => Joining(connection, renamed));
    }

    private void PassOn(Ws.Received message, ChatPerson me)
    {
        if (Chat.Parse(message) is not { } say)
        {
            message.Connection.Tell(new Ws.Close(Chat.Refused, $"not a message of this chat, or longer than {Chat.MaxTextLength} characters"));
        }
        else if (!string.IsNullOrWhiteSpace(say.Text))
        {
            var said = new Chat.Said(me.Name, say.Text, Context.System.Scheduler.Now.ToUnixTimeMilliseconds());
            _topics.Tell(new Ws.Publish(_topic, Chat.Encode(said)));
        }
    }

    private static Ws.Close TakenOver => new(Chat.TakenOver, "this tab has connected anew");

    private static string? RoomOf(UpgradeRequest request) => ChatName.TryClean(request.RouteValues["room"], out var room) ? room : null;

    private static void Tell(IActorRef connection, params IEnumerable<Chat.Event> news)
    {
        foreach (var one in news)
        {
            connection.Tell(Chat.Encode(one));
        }
    }
}
