namespace WsActors.Topics;

/// <summary>A topic: its members, and the publishes that wait while a member's window is full. Owned by the topics actor.</summary>
internal sealed class Topic(string name)
{
    private readonly Dictionary<DeliveryWindow, TopicMembership.Member> _members = [];

    /// <summary>The publishes that wait for full windows; null without any.</summary>
    private Queue<Publication>? _waiting;

    private long _published;

    public string Name => name;

    private int _count;

    /// <summary>The number of members. Any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    public IReadOnlyDictionary<DeliveryWindow, TopicMembership.Member> Members => _members;

    /// <summary>The number of members with full windows.</summary>
    public int FullWindows { get; set; }

    /// <summary>Whether the topic is in <see cref="TopicMembership.Ready"/>.</summary>
    public bool IsReady { get; set; }

    public bool HasWaiting => _waiting is { Count: > 0 };

    /// <summary>Whether a new publish is delivered at once.</summary>
    public bool IsOpen => FullWindows == 0 && !HasWaiting;

    /// <summary>The number of the last publish that a new member does not get; 0 while no publish waits.</summary>
    public long Since => HasWaiting ? _published : 0;

    public void Enqueue(Publication publication)
    {
        publication.Number = ++_published;
        (_waiting ??= []).Enqueue(publication);
    }

    /// <summary>Takes the oldest waiting publish. Requires <see cref="HasWaiting"/>.</summary>
    public Publication Dequeue()
    {
        var next = _waiting!.Dequeue();
        if (_waiting.Count == 0)
        {
            _waiting = null;
        }

        return next;
    }

    public TopicMembership.Member? Find(DeliveryWindow window) => _members.GetValueOrDefault(window);

    public void Set(DeliveryWindow window, TopicMembership.Member member)
    {
        _members[window] = member;
        Volatile.Write(ref _count, _members.Count);
    }

    public void Remove(DeliveryWindow window)
    {
        _members.Remove(window);
        Volatile.Write(ref _count, _members.Count);
    }
}
