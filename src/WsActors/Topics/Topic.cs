namespace WsActors.Topics;

/// <summary>A topic: its members, and what waits for them together while one of them is behind. Owned by the topics actor.</summary>
internal sealed class Topic(string name)
{
    private readonly Dictionary<DeliveryWindow, TopicMembership.Member> _members = [];

    /// <summary>Null until something waits.</summary>
    private Queue<Publication>? _waiting;

    private long _published;

    public string Name => name;

    public IReadOnlyDictionary<DeliveryWindow, TopicMembership.Member> Members => _members;

    /// <summary>The number of its members with full windows.</summary>
    public int FullWindows { get; set; }

    /// <summary>Whether it has its place among those that may deliver.</summary>
    public bool IsReady { get; set; }

    public bool HasWaiting => _waiting is { Count: > 0 };

    /// <summary>Whether what is published now goes out at once.</summary>
    public bool IsOpen => FullWindows == 0 && !HasWaiting;

    /// <summary>The number of the last publish that a new member is not told; 0 while none waits.</summary>
    public long Since => HasWaiting ? _published : 0;

    public void Enqueue(Publication publication)
    {
        publication.Number = ++_published;
        (_waiting ??= []).Enqueue(publication);
    }

    /// <summary>The next that waits. There is one.</summary>
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

    public void Set(DeliveryWindow window, TopicMembership.Member member) => _members[window] = member;

    public bool Remove(DeliveryWindow window) => _members.Remove(window);
}
