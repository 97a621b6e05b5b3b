using Akka.Actor;
using WsActors.Protocol;
using WsActors.Routing;

namespace WsActors.Server.Samples;

/// <summary>
/// One person in one room. A room is a topic: messages are published to it, and its presence holds the people on all nodes. One for each
/// connection or session, a child of it. A handler that was restarted, or has moved with its session, finds its own entry in the presence
/// and keeps its name.
/// </summary>
internal sealed class ChatHandler : ReceiveActor, IWithStash
{
    private readonly IActorRef _topics = Context.System.WebSockets().Topics;
    private readonly IActorRef _presence = Context.System.WebSockets().Presence;
    private readonly ChatRoster _roster = new();
    private readonly string _topic;
    private readonly string _requestedName;
    private readonly string? _tab;

    /// <summary>The node that has the client's socket; null after a restart until a client attaches.</summary>
    private string? _node;

    public ChatHandler(string room, string name, string? tab)
    {
        (_topic, _requestedName, _tab) = ($"chat/{room}", name, tab);
        Entering();
    }

    public IStash Stash { get; set; } = null!; // Akka sets it before the first message.

    /// <summary>
    /// The Props for a route with the parameter <c>{room}</c> and the query parameters <c>name</c> and <c>tab</c>, both optional.
    /// </summary>
    public static Props PropsFor(UpgradeRequest request) => Props.Create<ChatHandler>(
        RoomOf(request) ?? throw new InvalidOperationException("The room's name is invalid, which the route's guard should have refused."),
        ChatName.TryClean(request.Http.Query["name"], out var name) ? name : ChatName.Guest(),
        request.Http.Query["tab"] is { Length: > 0 and <= Chat.MaxTabLength } tab ? tab : null);

    /// <summary>
    /// Refuses a request with an invalid room name. The request is upgraded and closed, because a script in a browser cannot read a
    /// refusal.
    /// </summary>
    public static Task<GuardDecision> Guard(UpgradeRequest request, CancellationToken _) => Task.FromResult(
        RoomOf(request) is null
            ? GuardDecision.AcceptAndClose(Chat.Refused, $"a room's name must have 1 to {ChatName.MaxLength} visible characters")
            : GuardDecision.Accept());

    // Entering --member list--> Joining --joined--> Inside, until the connection closes.
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
        Receive<Ws.Closed>(_ => Context.Stop(Self)); // Topic and presence watch the connection and this actor.
    }

    /// <summary>Sends the welcome before the join, so that it arrives before the room's messages.</summary>
    private void Enter(IActorRef connection, Presence.MemberList memberList)
    {
        var others = new List<ChatPerson>();
        string? ownName = null;
        foreach (var member in memberList.Members)
        {
            if (!ChatPerson.TryRead(member.Data, out var person))
            {
                continue;
            }

            if (member.Connection.Equals(connection))
            {
                ownName = person.Name;
                continue;
            }

            others.Add(person);
            _roster.Set(member.Connection, person.Name);
            if (_tab is not null && _tab == person.Tab)
            {
                ownName = person.Name;
                member.Connection.Tell(TakenOver);
            }
        }

        if (ownName is null && others.Count >= Chat.MaxPeople)
        {
            connection.Tell(new Ws.Close(CloseCode.TryAgainLater, $"the room is full: it has {Chat.MaxPeople} people; try again later"));
            Become(Leaving);
            return;
        }

        var me = new ChatPerson(ownName ?? _roster.Free(_requestedName), ChatPerson.CameAfter(others, Context.System.Scheduler.Now), _tab);
        _roster.Set(connection, me.Name);
        Tell(connection, new Chat.Welcome(me.Name, _roster.Names, _node));
        connection.Tell(new Ws.Join(_topic) { PresenceData = me.PresenceData });
        Become(() => Joining(connection, me));
    }

    // Presence events of the room may still arrive; they are ignored.
    private void Leaving()
    {
        Receive<Ws.Closed>(_ => Context.Stop(Self));
        ReceiveAny(static _ => { });
    }

    // The sender of a message gets it as well, so it must be a member: messages wait until it has joined.
    private void Joining(IActorRef connection, ChatPerson me)
    {
        Receive<Ws.Joined>(_ =>
        {
            Become(() => Inside(connection, me));
            Stash.UnstashAll();
        });
        Receive<Ws.JoinFailed>(_ =>
            connection.Tell(new Ws.Close(CloseCode.PolicyViolation, "the server's limits for topics are too small for this room")));
        Receive<Ws.Received>(_ => Stash.Stash());
        Watching(connection, me);
    }

    private void Inside(IActorRef connection, ChatPerson me)
    {
        Receive<Ws.Received>(message => Publish(message, me));
        Watching(connection, me);
    }

    private void Watching(IActorRef connection, ChatPerson me)
    {
        Receive<Ws.Attached>(attached => Serve(connection, attached));
        Receive<Presence.Joined>(joined => Update(joined.Member));
        Receive<Presence.Changed>(changed => Update(changed.Member));
        Receive<Presence.Left>(
            left => Tell(connection, _roster.Remove(left.Member.Connection)),
            left => !left.Member.Connection.Equals(connection));
        Receive<Ws.Closed>(_ => Context.Stop(Self));

        void Update(Presence.Member member)
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

    /// <summary>A client attached. Tells it its node, unless the welcome already did.</summary>
    private void Serve(IActorRef connection, Ws.Attached attached)
    {
        var node = Chat.NodeOf(attached.Node);
        if (!attached.IsNew || node != _node)
        {
            Tell(connection, new Chat.Served(node));
        }
    }

    /// <summary>
    /// Two people joined under one name at the same time, perhaps on two nodes. The later one takes another name, and all nodes agree on
    /// it.
    /// </summary>
    private void Rename(IActorRef connection, ChatPerson me)
    {
        var renamed = me with { Name = _roster.Free(_requestedName) };
        var left = _roster.Set(connection, renamed.Name).OfType<Chat.Left>();
        Tell(connection, [new Chat.Renamed(renamed.Name), .. left]);
        connection.Tell(new Ws.Join(_topic) { PresenceData = renamed.PresenceData });
        Become(() => Joining(connection, renamed));
    }

    private void Publish(Ws.Received message, ChatPerson me)
    {
        if (Chat.Parse(message) is not { } say)
        {
            const string Format = "a message must be JSON of this chat's protocol, with a text of at most";
            message.Connection.Tell(new Ws.Close(Chat.Refused, $"{Format} {Chat.MaxTextLength} characters"));
        }
        else if (!string.IsNullOrWhiteSpace(say.Text))
        {
            var said = new Chat.Said(me.Name, say.Text, Context.System.Scheduler.Now.ToUnixTimeMilliseconds());
            _topics.Tell(new Ws.Publish(_topic, Chat.Encode(said)));
        }
    }

    private static Ws.Close TakenOver => new(Chat.TakenOver, "this tab has connected again; its new connection replaces this one");

    private static string? RoomOf(UpgradeRequest request) => ChatName.TryClean(request.RouteValues["room"], out var room) ? room : null;

    private static void Tell(IActorRef connection, params IEnumerable<Chat.Event> events)
    {
        foreach (var chatEvent in events)
        {
            connection.Tell(Chat.Encode(chatEvent));
        }
    }
}
