using Akka.Actor;
using WsActors.Protocol;

namespace WsActors.Server.Samples;

/// <summary>One chat room: who is here, under which name, and what is told to all. A child of a <see cref="HubActor"/>.</summary>
internal sealed class RoomActor : ReceiveActor
{
    // By handler: a handler's end, whatever the cause, is how one leaves; its restart is not.
    private readonly Dictionary<IActorRef, Member> _members = [];
    private readonly HashSet<string> _namesTaken = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _name;
    private int _joins;

    public RoomActor(string name)
    {
        _name = name;
        Receive<Join>(Add);
        Receive<Say>(say => TellAll(say.Text));
        Receive<Terminated>(terminated => Remove(terminated.ActorRef));
    }

    public static Props PropsFor(string name) => Props.Create<RoomActor>(name);

    // Members are left only when the room failed: they come back to a new one (RFC 6455's registry: 1012, service restart).
    protected override void PostStop() => TellAll(new Ws.Close(CloseCode.ServiceRestart, "the room restarts"));

    private void Add(Join join)
    {
        _joins++;
        if (FindTab(join.Tab) is { } handler)
        {
            TakeOver(handler, join);
            return;
        }

        var newcomer = new Member(join.Connection, Free(join.Name), join.Tab);
        TellAll(Chat.Encode(new Chat.Joined(newcomer.Name)));
        _namesTaken.Add(newcomer.Name);
        Welcome(newcomer);
    }

    private IActorRef? FindTab(string? tab) => tab is null ? null : _members.FirstOrDefault(member => member.Value.Tab == tab).Key;

    /// <summary>
    /// A tab that comes back before its old connection has gone, as after a reload or a change of network, is the same person: it goes
    /// on under its name, and nobody else is told.
    /// </summary>
    private void TakeOver(IActorRef handler, Join join)
    {
        _members.Remove(Context.Unwatch(handler), out var before);
        before!.Connection.Tell(new Ws.Close(Chat.TakenOver, "this tab has connected anew"));
        Welcome(before with { Connection = join.Connection });
    }

    private void Welcome(Member member)
    {
        _members.Add(Context.Watch(Sender), member);
        member.Connection.Tell(Chat.Encode(new Chat.Welcome(member.Name, _namesTaken)));
    }

    private void TellAll(string text)
    {
        // Nobody speaks here who is not in the room, such as one whom a failed room of this name has sent away.
        if (!string.IsNullOrWhiteSpace(text) && _members.TryGetValue(Sender, out var speaker))
        {
            TellAll(Chat.Encode(new Chat.Said(speaker.Name, text, Context.System.Scheduler.Now.ToUnixTimeMilliseconds())));
        }
    }

    private void Remove(IActorRef handler)
    {
        if (_members.Remove(handler, out var leaver))
        {
            _namesTaken.Remove(leaver.Name);
            TellAll(Chat.Encode(new Chat.Left(leaver.Name)));
        }

        if (_members.Count == 0)
        {
            Context.Parent.Tell(new Hub.Empty(_name, _joins));
        }
    }

    private void TellAll(Ws.ICommand command)
    {
        foreach (var member in _members.Values)
        {
            member.Connection.Tell(command);
        }
    }

    private string Free(string name)
    {
        var free = name;
        for (var number = 2; _namesTaken.Contains(free); number++)
        {
            free = $"{name}-{number}";
        }

        return free;
    }

    /// <summary>Told by a handler, which is watched from then on.</summary>
    public sealed record Join(IActorRef Connection, string Name, string? Tab);

    /// <summary>Told by a handler that has joined.</summary>
    public sealed record Say(string Text);

    private sealed record Member(IActorRef Connection, string Name, string? Tab);
}
